package io.dendra.tck;

import io.dendra.backend.Backends;
import org.junit.jupiter.api.Nested;

/** The reference backend against its own definition, finite differences and golden values. */
class ReferenceConformanceTest {
  private static final TestedBackend REFERENCE = TestedBackend.of(Backends.provider("reference"));

  @Nested
  class Values extends ValueSuite {
    Values() {
      super(REFERENCE);
    }
  }

  @Nested
  class Layouts extends LayoutSuite {
    Layouts() {
      super(REFERENCE);
    }
  }

  @Nested
  class Gradients extends GradientSuite {
    Gradients() {
      super(REFERENCE);
    }
  }

  @Nested
  class Goldens extends GoldenSuite {
    Goldens() {
      super(REFERENCE);
    }
  }

  @Nested
  class Steps extends StepSuite {
    Steps() {
      super(REFERENCE);
    }
  }

  @Nested
  class Trainings extends TrainingSuite {
    Trainings() {
      super(REFERENCE);
    }
  }

  @Nested
  class Adjoints extends AdjointSuite {
    Adjoints() {
      super(REFERENCE);
    }
  }

  @Nested
  class FusedKernels extends FusedSuite {
    FusedKernels() {
      super(REFERENCE);
    }
  }

  @Nested
  class Errors extends ErrorSuite {
    Errors() {
      super(REFERENCE);
    }
  }

  @Nested
  class RandomNumbers extends RandomSuite {
    RandomNumbers() {
      super(REFERENCE);
    }
  }

  @Nested
  class Determinism extends DeterminismSuite {
    Determinism() {
      super(REFERENCE);
    }
  }

  @Nested
  class Memory extends MemorySuite {
    Memory() {
      super(REFERENCE);
    }
  }

  @Nested
  class Threads extends ThreadSuite {
    Threads() {
      super(REFERENCE);
    }
  }

  @Nested
  class Fuzz extends FuzzSuite {
    Fuzz() {
      super(REFERENCE);
    }
  }
}
