package io.dendra.data;

import java.util.List;

/**
 * Pictures with one class each, in a part to train on and a part to test on.
 *
 * @param name what the pictures are, for reports: {@code "MNIST"}
 * @param train images float32 {@code [n, height, width]} from 0 to 1, labels int32 {@code [n]}
 * @param test the same for measuring, never trained on
 * @param classNames what label {@code i} stands for
 */
public record ImageClassification(
    String name, Dataset train, Dataset test, List<String> classNames) {
  /** Copies the names. */
  public ImageClassification {
    classNames = List.copyOf(classNames);
  }
}
