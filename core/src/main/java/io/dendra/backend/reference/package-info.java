/**
 * The backend in plain Java that defines the right answer: clear loops, sums in float64, no native
 * code.
 */
package io.dendra.backend.reference;
