package io.dendra.nn;

/** What Keras computed under its dtype policies; see {@code mixed_precision.py}. */
public final class MixedPrecisionGolden {
  private MixedPrecisionGolden() {}

  /** The values. */
  public static Golden values() {
    return Golden.of(MixedPrecisionGolden.class, "mixed_precision.txt");
  }
}
