/** Population-based training. */
package io.dendra.sweep.pbt;
