package io.dendra.backend.cpu;

import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.tck.ConformanceKit;
import io.dendra.tck.TestedBackend;

/** The conformance kit on the CPU backend with oneDNN. */
class OneDnnConformanceTest extends ConformanceKit {
  private static final TestedBackend CPU =
      TestedBackend.of(new EngineProvider(EngineChoice.ONEDNN));

  OneDnnConformanceTest() {
    super(CPU);
  }
}
