/** The four CUDA libraries as Dendra uses them, without a type of the binding. */
package io.dendra.backend.cuda.driver;
