/** What values parameters can take. */
package io.dendra.sweep.distributions;
