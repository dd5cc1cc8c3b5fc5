package io.dendra.tck;

import org.junit.jupiter.api.Nested;

/**
 * All suites on one backend.
 *
 * <pre>{@code
 * class MyConformanceTest extends ConformanceKit {
 *   private static final TestedBackend MINE = TestedBackend.of(new MyProvider());
 *
 *   MyConformanceTest() {
 *     super(MINE);
 *   }
 * }
 * }</pre>
 */
public abstract class ConformanceKit {
  private final TestedBackend backend;

  /** The kit on a backend. */
  protected ConformanceKit(TestedBackend backend) {
    this.backend = backend;
  }

  @Nested
  class Values extends ValueSuite {
    Values() {
      super(backend);
    }
  }

  @Nested
  class Halves extends HalfSuite {
    Halves() {
      super(backend);
    }
  }

  @Nested
  class Layouts extends LayoutSuite {
    Layouts() {
      super(backend);
    }
  }

  @Nested
  class Gradients extends GradientSuite {
    Gradients() {
      super(backend);
    }
  }

  @Nested
  class Adjoints extends AdjointSuite {
    Adjoints() {
      super(backend);
    }
  }

  @Nested
  class FusedKernels extends FusedSuite {
    FusedKernels() {
      super(backend);
    }
  }

  @Nested
  class Golden extends GoldenSuite {
    Golden() {
      super(backend);
    }
  }

  @Nested
  class Steps extends StepSuite {
    Steps() {
      super(backend);
    }
  }

  @Nested
  class Training extends TrainingSuite {
    Training() {
      super(backend);
    }
  }

  @Nested
  class Errors extends ErrorSuite {
    Errors() {
      super(backend);
    }
  }

  @Nested
  class RandomNumbers extends RandomSuite {
    RandomNumbers() {
      super(backend);
    }
  }

  @Nested
  class Determinism extends DeterminismSuite {
    Determinism() {
      super(backend);
    }
  }

  @Nested
  class Memory extends MemorySuite {
    Memory() {
      super(backend);
    }
  }

  @Nested
  class Replays extends ReplaySuite {
    Replays() {
      super(backend);
    }
  }

  @Nested
  class Captures extends CaptureSuite {
    Captures() {
      super(backend);
    }
  }

  @Nested
  class Threads extends ThreadSuite {
    Threads() {
      super(backend);
    }
  }

  @Nested
  class Transfers extends TransferSuite {
    Transfers() {
      super(backend);
    }
  }

  @Nested
  class DataParallel extends DataParallelSuite {
    DataParallel() {
      super(backend);
    }
  }

  @Nested
  class Graphs extends FuzzSuite {
    Graphs() {
      super(backend);
    }
  }
}
