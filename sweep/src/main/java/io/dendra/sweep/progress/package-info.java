/** A sweep under way, as lines of text. */
package io.dendra.sweep.progress;
