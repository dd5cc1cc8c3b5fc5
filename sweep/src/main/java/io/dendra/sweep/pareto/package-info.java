/** Comparing trials by several objectives. */
package io.dendra.sweep.pareto;
