package io.dendra.data;

import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Some samples together: the first dimension of every array counts them.
 *
 * @param inputs what the model is given, {@code [batch, ...]} each; at least one
 * @param targets what it should answer, {@code [batch, ...]} each; empty where only inputs are
 *     known
 * @param sampleWeights how much each sample counts, {@code [batch]}: one array per target, or none
 */
public record Batch(List<NDArray> inputs, List<NDArray> targets, List<NDArray> sampleWeights) {
  /**
   * Checks that the arrays hold equally many samples.
   *
   * @throws DataException when they do not, when there is no input, or when there are weights, but
   *     not one array per target
   */
  public Batch {
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
    sampleWeights = List.copyOf(sampleWeights);
    if (inputs.isEmpty()) {
      throw new DataException("a batch needs at least one input array, given none");
    }
    if (!sampleWeights.isEmpty() && sampleWeights.size() != targets.size()) {
      throw new DataException(
          "sample weights have to be one array per target: given "
              + sampleWeights.size()
              + " for "
              + targets.size()
              + " targets");
    }
    checkRows("input", inputs, inputs.get(0));
    checkRows("target", targets, inputs.get(0));
    checkRows("sample weight", sampleWeights, inputs.get(0));
  }

  /** A batch of inputs alone. */
  public static Batch of(NDArray input) {
    return new Batch(List.of(input), List.of(), List.of());
  }

  /** A batch of one input and one target. */
  public static Batch of(NDArray input, NDArray target) {
    return new Batch(List.of(input), List.of(target), List.of());
  }

  /** A batch of one input, one target and the weight of each sample. */
  public static Batch of(NDArray input, NDArray target, NDArray sampleWeights) {
    return new Batch(List.of(input), List.of(target), List.of(sampleWeights));
  }

  /** The number of samples. */
  public int size() {
    return (int) inputs.get(0).shape().dim(0);
  }

  /**
   * The input.
   *
   * @throws DataException when there are several
   */
  public NDArray input() {
    return only("input", inputs);
  }

  /**
   * The target.
   *
   * @throws DataException when there are several or none
   */
  public NDArray target() {
    return only("target", targets);
  }

  /** This batch with other inputs. */
  public Batch withInputs(List<NDArray> others) {
    return new Batch(others, targets, sampleWeights);
  }

  /** This batch with its only input replaced. */
  public Batch withInput(NDArray other) {
    only("input", inputs);
    return withInputs(List.of(other));
  }

  /** A copy of the samples from one to before another. */
  public Batch rows(int from, int to) {
    return from == 0 && to == size() ? this : each(array -> array.rows(from, to));
  }

  /** A copy of the given samples, in their order. */
  Batch rows(int[] indices) {
    return each(array -> array.rows(indices));
  }

  /** The samples of all parts, one part after the other. */
  static Batch concatenate(List<Batch> parts) {
    Batch first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    List<List<NDArray>> columns = new ArrayList<>();
    for (Batch part : parts) {
      if (part.inputs.size() != first.inputs.size()
          || part.targets.size() != first.targets.size()
          || part.sampleWeights.size() != first.sampleWeights.size()) {
        throw new DataException(
            "batches to be joined have to hold the same arrays: " + first + " and then " + part);
      }
      columns.add(part.arrays());
    }
    List<NDArray> joined = new ArrayList<>();
    for (int i = 0; i < first.arrays().size(); i++) {
      int column = i;
      joined.add(Rows.concatenate(columns.stream().map(arrays -> arrays.get(column)).toList()));
    }
    int targetsFrom = first.inputs.size();
    int weightsFrom = targetsFrom + first.targets.size();
    return new Batch(
        joined.subList(0, targetsFrom),
        joined.subList(targetsFrom, weightsFrom),
        joined.subList(weightsFrom, joined.size()));
  }

  private List<NDArray> arrays() {
    List<NDArray> all = new ArrayList<>(inputs);
    all.addAll(targets);
    all.addAll(sampleWeights);
    return all;
  }

  private Batch each(UnaryOperator<NDArray> rows) {
    return new Batch(
        inputs.stream().map(rows).toList(),
        targets.stream().map(rows).toList(),
        sampleWeights.stream().map(rows).toList());
  }

  /** The shapes, not the values. */
  @Override
  public String toString() {
    return "Batch[inputs="
        + describe(inputs)
        + ", targets="
        + describe(targets)
        + (sampleWeights.isEmpty() ? "]" : ", sampleWeights=" + describe(sampleWeights) + "]");
  }

  private static String describe(List<NDArray> arrays) {
    return arrays.stream().map(array -> array.dtype().label() + array.shape()).toList().toString();
  }

  private static NDArray only(String role, List<NDArray> arrays) {
    if (arrays.size() != 1) {
      throw new DataException(
          "asked for the only " + role + " of a batch that has " + arrays.size());
    }
    return arrays.get(0);
  }

  private static void checkRows(String role, List<NDArray> arrays, NDArray first) {
    for (int i = 0; i < arrays.size(); i++) {
      NDArray array = arrays.get(i);
      if (array.shape().rank() == 0) {
        throw new DataException(
            role + " " + i + " is a single number; its first dimension has to count samples");
      }
      if (array.shape().dim(0) != first.shape().dim(0)) {
        throw new DataException(
            role
                + " "
                + i
                + " of shape "
                + array.shape()
                + " holds "
                + array.shape().dim(0)
                + " samples, but input 0 of shape "
                + first.shape()
                + " holds "
                + first.shape().dim(0));
      }
    }
  }
}
