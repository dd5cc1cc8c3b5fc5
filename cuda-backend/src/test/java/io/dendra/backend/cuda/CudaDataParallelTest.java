package io.dendra.backend.cuda;

import io.dendra.tck.DataParallelSuite;
import io.dendra.tck.TestedBackend;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Training on several devices that work ahead: without the asserting backend of the kit, which
 * waits for each kernel.
 */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
    disabledReason = "needs the CUDA emulator")
class CudaDataParallelTest extends DataParallelSuite {
  CudaDataParallelTest() {
    super(TestedBackend.of("cuda-ahead", EmulatedCuda.provider(), backend -> backend));
  }
}
