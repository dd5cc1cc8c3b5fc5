package io.dendra.backend.cpu;

import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.tck.AdjointSuite;
import io.dendra.tck.DeterminismSuite;
import io.dendra.tck.ErrorSuite;
import io.dendra.tck.FusedSuite;
import io.dendra.tck.FuzzSuite;
import io.dendra.tck.GoldenSuite;
import io.dendra.tck.GradientSuite;
import io.dendra.tck.LayoutSuite;
import io.dendra.tck.MemorySuite;
import io.dendra.tck.RandomSuite;
import io.dendra.tck.StepSuite;
import io.dendra.tck.TestedBackend;
import io.dendra.tck.ThreadSuite;
import io.dendra.tck.TrainingSuite;
import io.dendra.tck.ValueSuite;
import org.junit.jupiter.api.Nested;

/** The conformance kit on the CPU backend with nd4j-native. */
class Nd4jConformanceTest {
  private static final TestedBackend CPU = TestedBackend.of(new EngineProvider(EngineChoice.ND4J));

  @Nested
  class Values extends ValueSuite {
    Values() {
      super(CPU);
    }
  }

  @Nested
  class Layouts extends LayoutSuite {
    Layouts() {
      super(CPU);
    }
  }

  @Nested
  class Gradients extends GradientSuite {
    Gradients() {
      super(CPU);
    }
  }

  @Nested
  class Adjoints extends AdjointSuite {
    Adjoints() {
      super(CPU);
    }
  }

  @Nested
  class FusedKernels extends FusedSuite {
    FusedKernels() {
      super(CPU);
    }
  }

  @Nested
  class Golden extends GoldenSuite {
    Golden() {
      super(CPU);
    }
  }

  @Nested
  class Steps extends StepSuite {
    Steps() {
      super(CPU);
    }
  }

  @Nested
  class Training extends TrainingSuite {
    Training() {
      super(CPU);
    }
  }

  @Nested
  class Errors extends ErrorSuite {
    Errors() {
      super(CPU);
    }
  }

  @Nested
  class RandomNumbers extends RandomSuite {
    RandomNumbers() {
      super(CPU);
    }
  }

  @Nested
  class Determinism extends DeterminismSuite {
    Determinism() {
      super(CPU);
    }
  }

  @Nested
  class Memory extends MemorySuite {
    Memory() {
      super(CPU);
    }
  }

  @Nested
  class Threads extends ThreadSuite {
    Threads() {
      super(CPU);
    }
  }

  @Nested
  class Graphs extends FuzzSuite {
    Graphs() {
      super(CPU);
    }
  }
}
