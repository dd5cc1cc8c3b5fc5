/**
 * Finds the CUDA libraries of the machine and loads them, and JCuda on top of them; says why where
 * that cannot be. JCuda's classes are named here as text only.
 */
package io.dendra.backend.cuda.library;
