package io.dendra.sweep;

import io.dendra.sweep.distributions.Distribution;

/**
 * A parameter's value and what it could have been.
 *
 * @param distribution where it was drawn from
 * @param internal the number by which samplers and storages know it
 */
public record ParameterValue(Distribution distribution, double internal) {
  /** The value that users see: a {@code Double}, a {@code Long}, or a choice. */
  public Object value() {
    return distribution.decode(internal);
  }
}
