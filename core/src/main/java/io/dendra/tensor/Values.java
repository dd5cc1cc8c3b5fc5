package io.dendra.tensor;

import io.dendra.backend.Backend;
import io.dendra.backend.LateIndexException;
import io.dendra.ops.OpException;
import java.util.function.Consumer;

/** Puts values into tensors and takes them out. */
public final class Values {
  private Values() {}

  /** Overwrites the values of a contiguous tensor by an array of its shape and type. */
  public static void overwrite(Tensor target, NDArray values) {
    require(target, values);
    target.openDevice().backend().fromHost(values.array(), 0, target.view());
    target.written();
  }

  /**
   * Copies the values into an array that is there.
   *
   * @throws OpException as {@link Tensor#toNDArray} does
   */
  public static void copy(Tensor source, NDArray into) {
    require(source, into);
    if (source.layout().isContiguous()) {
      fetch(source, into);
    } else {
      try (TensorScope packing = TensorScope.open("to host")) {
        fetch(source.detach().contiguous(), into);
      }
    }
  }

  private static void require(Tensor tensor, NDArray array) {
    if (!array.shape().equals(tensor.shape()) || array.dtype() != tensor.dtype()) {
      throw new IllegalArgumentException(
          "a tensor "
              + tensor.spec()
              + " takes arrays of its shape and type, given "
              + array.dtype()
              + array.shape());
    }
  }

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
    NDArray result = NDArray.zeros(tensor.dtype(), tensor.shape());
    copy(tensor, result);
    return result;
  }

  private static void fetch(Tensor contiguous, NDArray into) {
    if (into.size() > 0) {
      try {
        contiguous.openDevice().backend().toHost(contiguous.view(), into.array(), 0);
      } catch (LateIndexException e) {
        throw OpException.late(e);
      }
    }
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
