package io.dendra.models;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.util.List;

/**
 * Predicts one sample, or one batch of a fixed size, at a time with the least delay: all memory is
 * there, the calls are fixed, nothing but the result is allocated.
 *
 * <pre>{@code
 * try (Predictor predictor = model.predictor(784)) {
 *   float[] probabilities = predictor.predict(pixels);
 * }
 * }</pre>
 *
 * <p>For one thread; each thread makes its own. It follows the model as it is trained on.
 */
public final class Predictor implements AutoCloseable {
  private final Model model;
  private final TensorSpec input;
  private Prediction prediction;

  /**
   * A predictor of a model with one float32 input and one float32 output.
   *
   * @throws IllegalArgumentException when the model has others
   * @throws io.dendra.backend.CaptureException when what the model computes cannot be recorded
   */
  Predictor(Model model, Shape inputShape) {
    this.model = model;
    this.input = new TensorSpec(inputShape, DType.FLOAT32);
    model.initialize(List.of(input));
    prediction = record();
  }

  private Prediction record() {
    Prediction made = new Prediction(model, List.of(input));
    if (made.outputCount() != 1 || made.output().dtype() != DType.FLOAT32) {
      made.close();
      throw new IllegalArgumentException(
          "a predictor is for models of one float32 output: use predict for others");
    }
    return made;
  }

  /** The shape of what it takes, with the batch dimension. */
  public Shape inputShape() {
    return input.shape();
  }

  /** The shape of what it gives, with the batch dimension. */
  public Shape outputShape() {
    return prediction.output().shape();
  }

  /**
   * The output for an input.
   *
   * @param input all elements of the input in row-major order
   * @return all elements of the output in row-major order
   */
  public float[] predict(float[] input) {
    float[] output = new float[Math.toIntExact(outputShape().size())];
    predict(input, output);
    return output;
  }

  /**
   * The same into an array that is there.
   *
   * @throws IllegalArgumentException when an array is not of the length of its shape
   */
  public void predict(float[] input, float[] output) {
    if (!prediction.isValid()) {
      prediction.close();
      prediction = record();
    }
    require("input", input, inputShape());
    require("output", output, outputShape());
    prediction.run(
        NDArray.wrap(input, DType.FLOAT32, inputShape()),
        NDArray.wrap(output, DType.FLOAT32, outputShape()));
  }

  private static void require(String what, float[] array, Shape shape) {
    if (array.length != shape.size()) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " "
              + shape
              + " has "
              + shape.size()
              + " elements, given "
              + array.length);
    }
  }

  /** Gives its memory back. */
  @Override
  public void close() {
    prediction.close();
  }
}
