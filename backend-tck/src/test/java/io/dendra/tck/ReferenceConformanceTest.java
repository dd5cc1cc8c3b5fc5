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
}
