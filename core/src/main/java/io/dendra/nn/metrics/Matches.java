package io.dendra.nn.metrics;

import io.dendra.ops.OpException;
import io.dendra.ops.Reduce;
import io.dendra.tensor.Tensor;

/** Where answers are what the targets say, as booleans. */
final class Matches {
  private Matches() {}

  /** Answers and targets of one shape, but for a last axis of length 1. */
  static Tensor alike(String metric, Tensor target, Tensor answer) {
    Tensor t = target;
    if (t.rank() == answer.rank() + 1 && t.dim(-1) == 1) {
      t = t.squeeze(-1);
    } else if (answer.rank() == t.rank() + 1 && answer.dim(-1) == 1) {
      t = t.expandDims(-1);
    }
    if (!t.shape().equals(answer.shape())) {
      throw new OpException(
          metric
              + " takes a target of the prediction's shape, given target "
              + target.spec()
              + " and a prediction of shape "
              + answer.shape());
    }
    return t.eq(answer);
  }

  /** Class numbers {@code [batch, ...]} or {@code [batch, ..., 1]} against the greatest of each. */
  static Tensor classes(Tensor target, Tensor prediction) {
    int rank = prediction.rank();
    Tensor t =
        rank >= 2 && target.rank() == rank && target.dim(-1) == 1 ? target.squeeze(-1) : target;
    if (rank < 2 || !t.shape().equals(prediction.shape().slice(0, rank - 1))) {
      throw new OpException(
          "sparse_categorical_accuracy takes class numbers [batch, ...] and a prediction [batch,"
              + " ..., classes], given target "
              + target.spec()
              + " and prediction "
              + prediction.spec());
    }
    return t.eq(Reduce.argMax(prediction, -1));
  }

  /** One-hot targets against the greatest of each. */
  static Tensor oneHot(Tensor target, Tensor prediction) {
    if (prediction.rank() < 1 || !target.shape().equals(prediction.shape())) {
      throw new OpException(
          "categorical_accuracy takes one-hot targets of the prediction's shape [batch, ...,"
              + " classes], given target "
              + target.spec()
              + " and prediction "
              + prediction.spec());
    }
    return Reduce.argMax(target, -1).eq(Reduce.argMax(prediction, -1));
  }
}
