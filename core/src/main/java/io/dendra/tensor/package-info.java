/** Tensors, their shapes, dtypes, devices and the scopes that own their memory. */
package io.dendra.tensor;
