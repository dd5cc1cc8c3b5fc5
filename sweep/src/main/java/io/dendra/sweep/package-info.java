/** Hyperparameter search: studies, trials, and the loop that runs them. */
package io.dendra.sweep;
