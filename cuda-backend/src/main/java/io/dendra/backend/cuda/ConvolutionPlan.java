package io.dendra.backend.cuda;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** A convolution, or a gradient of one, in one memory order: its descriptors and algorithms. */
final class ConvolutionPlan {
  /**
   * What plans differ by.
   *
   * @param channelsLast the memory order of all operands
   */
  record Key(
      Dnn.Direction direction,
      ConvSpec spec,
      Shape x,
      Shape w,
      Shape y,
      DType type,
      boolean channelsLast) {}

  private final ConvolutionGeometry geometry;
  private final Layout[] layouts;
  private final Dnn.Convolution convolution;
  private final List<Dnn.Algorithm> algorithms;
  private boolean takesBias = true;

  ConvolutionPlan(
      ConvolutionGeometry geometry,
      boolean channelsLast,
      Dnn.Convolution convolution,
      List<Dnn.Algorithm> algorithms) {
    this.geometry = geometry;
    this.layouts = geometry.layouts(channelsLast);
    this.convolution = convolution;
    this.algorithms = new ArrayList<>(algorithms);
  }

  ConvolutionGeometry geometry() {
    return geometry;
  }

  /** How an operand has to lie in memory: input, filter, output. */
  Layout layout(int operand) {
    return layouts[operand];
  }

  /** What cuDNN made of it, or null where it has no such convolution. */
  Dnn.Convolution convolution() {
    return convolution;
  }

  /** The fastest algorithm that works, or null. */
  Dnn.Algorithm best() {
    return algorithms.isEmpty() ? null : algorithms.get(0);
  }

  /** The fastest that can add a bias without an activation, or null. */
  Dnn.Algorithm ofNumber(int number) {
    for (Dnn.Algorithm algorithm : algorithms) {
      if (algorithm.number() == number) {
        return algorithm;
      }
    }
    return null;
  }

  /** Forgets an algorithm that turned out not to work. */
  void drop(Dnn.Algorithm algorithm) {
    algorithms.remove(algorithm);
  }

  boolean takesBias() {
    return takesBias;
  }

  /** Forgets that a bias can be added on the way. */
  void dropBias() {
    takesBias = false;
  }
}
