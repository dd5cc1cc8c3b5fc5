/** Sweeps from the command line, and the search over networks for digits that shows them. */
package io.dendra.examples.sweep;
