package io.dendra.backend.cpu;

import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.tck.ConformanceKit;
import io.dendra.tck.TestedBackend;

/** The conformance kit on the CPU backend with nd4j-native. */
class Nd4jConformanceTest extends ConformanceKit {
  private static final TestedBackend CPU = TestedBackend.of(new EngineProvider(EngineChoice.ND4J));

  Nd4jConformanceTest() {
    super(CPU);
  }
}
