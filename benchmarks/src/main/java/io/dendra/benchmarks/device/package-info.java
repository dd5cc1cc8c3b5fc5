/**
 * Training steps on one device, beside the same networks in PyTorch; needs no JMH and no CPU
 * backend.
 */
package io.dendra.benchmarks.device;
