package io.dendra.sweep.storage;

import io.dendra.sweep.distributions.Distribution;

/** The error of a parameter that changes its kind within a study, the same for every storage. */
final class IncompatibleDistributions {
  private IncompatibleDistributions() {}

  static IllegalArgumentException error(String name, Distribution known, Distribution given) {
    return new IllegalArgumentException(
        "parameter '"
            + name
            + "' is "
            + given
            + ", but earlier trials of this study have "
            + known
            + ": bounds may change within a study, kinds and choices may not. Use another name for"
            + " the parameter, or a new study");
  }
}
