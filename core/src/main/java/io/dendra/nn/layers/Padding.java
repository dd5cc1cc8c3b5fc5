package io.dendra.nn.layers;

/** What a sliding window does at the borders. */
public enum Padding {
  /** The window stays inside. */
  VALID,
  /**
   * As many places beyond the borders as keep the length with stride 1; where their number is odd,
   * one more at the end than at the start.
   */
  SAME;

  /**
   * The padding of a name: {@code "valid"} or {@code "same"}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  public static Padding of(String name) {
    return Require.oneOf(Padding.class, "padding", name);
  }
}
