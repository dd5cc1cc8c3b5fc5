package io.dendra.tck;

import io.dendra.backend.Backends;

/** The reference backend against its own definition, finite differences and golden values. */
class ReferenceConformanceTest extends ConformanceKit {
  private static final TestedBackend REFERENCE = TestedBackend.of(Backends.provider("reference"));

  ReferenceConformanceTest() {
    super(REFERENCE);
  }
}
