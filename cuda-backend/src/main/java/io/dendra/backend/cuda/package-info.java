/**
 * NVIDIA devices: kernels compiled at run time, cuBLAS for matrix products, cuDNN for convolutions.
 */
package io.dendra.backend.cuda;
