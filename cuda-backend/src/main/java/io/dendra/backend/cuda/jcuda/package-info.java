/** The driver interfaces over JCuda; the only package that sees {@code jcuda}. */
package io.dendra.backend.cuda.jcuda;
