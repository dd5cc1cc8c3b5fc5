package io.dendra.nn.losses;

import io.dendra.ops.NN;
import io.dendra.ops.OpException;
import io.dendra.ops.ShapeOps;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;

/** Target and prediction brought to one shape and type, or an error that says what would fit. */
record Operands(Tensor target, Tensor prediction) {

  /**
   * Operands that are compared element by element. A last axis of length 1 that only one of them
   * has is added or taken away, as in Keras.
   */
  static Operands alike(String loss, Tensor target, Tensor prediction) {
    Tensor t = target;
    Tensor p = prediction;
    if (t.rank() == p.rank() + 1 && t.dim(-1) == 1) {
      t = t.squeeze(-1);
    } else if (p.rank() == t.rank() + 1 && p.dim(-1) == 1) {
      t = t.expandDims(-1);
    }
    if (!t.shape().equals(p.shape())) {
      throw new OpException(
          loss
              + " takes a target of the prediction's shape, given target "
              + target.spec()
              + " and prediction "
              + prediction.spec()
              + hint(target, prediction));
    }
    p = wide(p);
    return new Operands(t.cast(p.dtype()), p);
  }

  /** In float32 if it has 16 bits, in which a loss would lose its small differences. */
  private static Tensor wide(Tensor prediction) {
    return prediction.cast(prediction.dtype().accumulator());
  }

  private static String hint(Tensor target, Tensor prediction) {
    boolean classNumbers =
        prediction.rank() >= 2
            && target.shape().equals(prediction.shape().slice(0, prediction.rank() - 1));
    if (classNumbers || (target.rank() == prediction.rank() && target.dim(-1) == 1)) {
      return ": if the target holds class numbers, use sparse_categorical_crossentropy";
    }
    return "";
  }

  /** Class numbers as int64 {@code [rows]} and the prediction as {@code [rows, classes]}. */
  static Operands classes(String loss, Tensor target, Tensor prediction) {
    int rank = prediction.rank();
    Tensor labels = target;
    if (rank >= 2 && target.rank() == rank && target.dim(-1) == 1) {
      labels = target.squeeze(-1);
    }
    if (rank < 2 || !labels.shape().equals(prediction.shape().slice(0, rank - 1))) {
      boolean oneHot = rank >= 2 && target.shape().equals(prediction.shape());
      throw new OpException(
          loss
              + " takes class numbers [batch, ...] and a prediction [batch, ..., classes], given"
              + " target "
              + target.spec()
              + " and prediction "
              + prediction.spec()
              + (oneHot ? ": for one-hot targets use categorical_crossentropy" : ""));
    }
    Shape rows = Shape.of(labels.size());
    return new Operands(
        ShapeOps.reshape(whole(loss, labels), rows),
        ShapeOps.reshape(wide(prediction), rows.append(prediction.dim(-1))));
  }

  private static Tensor whole(String loss, Tensor labels) {
    if (!labels.dtype().isInteger() && labels.dtype() != DType.BOOL && !labels.isMeta()) {
      for (double label : labels.toNDArray().doubles()) {
        if (label != Math.rint(label)) {
          throw new OpException(
              loss + " takes class numbers, given " + label + " in a target " + labels.spec());
        }
      }
    }
    return labels.cast(DType.INT64);
  }

  /** Its target's class numbers, checked to be from 0 to before the number of classes. */
  Operands inRange() {
    NN.requireLabels(target, prediction.dim(-1));
    return this;
  }

  /** The mean over the last axis, which leaves one number per sample of its own. */
  static Tensor meanOverLast(Tensor x) {
    return x.rank() < 2 ? x : x.mean(-1);
  }

  /** Targets moved towards even odds: {@code target (1 - amount) + amount / classes}. */
  Tensor smoothed(double amount, long classes) {
    return amount == 0 ? target : target.mul(1 - amount).add(amount / classes);
  }

  static void requireFraction(String loss, double labelSmoothing) {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw new IllegalArgumentException(
          loss + ": label smoothing has to be from 0 to 1, given " + labelSmoothing);
    }
  }
}
