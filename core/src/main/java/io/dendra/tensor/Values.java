package io.dendra.tensor;

import io.dendra.backend.Backend;
import io.dendra.backend.LateIndexException;
import io.dendra.ops.OpException;
import java.util.function.Consumer;

/** Puts values into tensors and takes them out. */
final class Values {
  private Values() {}

  /** A new tensor with the array's values. */
  static Tensor load(Tensor empty, NDArray array) {
    return written(empty, backend -> backend.fromHost(array.array(), 0, empty.view()));
  }

  /** A new tensor with one value everywhere. */
  static Tensor fill(Tensor empty, double value) {
    return written(empty, backend -> backend.fill(empty.view(), value));
  }

  private static Tensor written(Tensor empty, Consumer<Backend> writing) {
    try {
      writing.accept(empty.openDevice().backend());
      return empty;
    } catch (RuntimeException e) {
      // Nobody else has it yet.
      empty.close();
      throw e;
    }
  }

  /** The values on the host. */
  static NDArray read(Tensor tensor) {
    if (!tensor.layout().isContiguous()) {
      try (TensorScope packing = TensorScope.open("to host")) {
        return read(tensor.detach().contiguous());
      }
    }
    NDArray result = NDArray.zeros(tensor.dtype(), tensor.shape());
    if (result.size() > 0) {
      try {
        tensor.openDevice().backend().toHost(tensor.view(), result.array(), 0);
      } catch (LateIndexException e) {
        throw OpException.late(e);
      }
    }
    return result;
  }

  /** Overwrites the values of a tensor by those of another of its shape and type. */
  static void assign(Tensor target, Tensor source) {
    Backend backend = target.openDevice().backend();
    if (source.device().equals(target.device())) {
      backend.copy(source.view(), target.view());
    } else if (target.size() > 0) {
      assignAcross(target, source, backend);
    }
  }

  private static void assignAcross(Tensor target, Tensor source, Backend backend) {
    if (target.layout().isDense() && source.layout().sameOrder(target.layout())) {
      backend.copyFrom(source.openDevice().backend(), source.view(), target.view());
    } else {
      TensorScope.run(
          () -> backend.copy(source.detach().to(target.device()).view(), target.view()));
    }
  }
}
