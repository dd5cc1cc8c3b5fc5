package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.sweep.pruners.Pruner;

/** The pruners by their names on the command line. */
enum PrunerName {
  NONE("none") {
    @Override
    Pruner create() {
      return Pruner.NONE;
    }
  };

  private final String option;

  PrunerName(String option) {
    this.option = option;
  }

  abstract Pruner create();

  @Override
  public String toString() {
    return option;
  }

  /** Reads the name. */
  static final class ByName extends Choice<PrunerName> {
    ByName() {
      super("pruner", values());
    }
  }
}
