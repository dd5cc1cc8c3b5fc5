package io.dendra.backend.cuda;

import io.dendra.tck.ConformanceKit;
import org.junit.jupiter.api.condition.EnabledIf;

/** The conformance kit on the CUDA backend. */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
    disabledReason = "needs the CUDA emulator")
class CudaConformanceTest extends ConformanceKit {
  CudaConformanceTest() {
    super(EmulatedCuda.tested());
  }
}
