package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;

/** Compares the gradients of a call that gives one number with central differences of it. */
final class FiniteDifferences {
  private static final double STEP = 1e-5;
  private static final double BOUND = 2e-7;

  /** More elements than this are checked by samples and one random direction over all. */
  private static final int EACH = 6;

  private static final RandomKey KEY = RandomKey.of(17);

  private FiniteDifferences() {}

  static void check(OpCall call, NDArray[] operands, List<Integer> by) {
    List<NDArray> gradients = gradients(call, operands, by);
    for (int i = 0; i < by.size(); i++) {
      int operand = by.get(i);
      double[] gradient = gradients.get(i).doubles();
      int size = gradient.length;
      int stride = Math.max(1, (size + EACH - 1) / EACH);
      for (int place = 0; place < size; place += stride) {
        double[] direction = new double[size];
        direction[place] = 1;
        compare(call, operands, operand, direction, gradient, "element " + place);
      }
      if (stride > 1) {
        double[] direction = new double[size];
        RandomStream stream = new RandomStream(KEY.fold(operand));
        for (int place = 0; place < size; place++) {
          direction[place] = stream.uniform(-1, 1);
        }
        compare(call, operands, operand, direction, gradient, "a direction");
      }
    }
  }

  private static List<NDArray> gradients(OpCall call, NDArray[] operands, List<Integer> by) {
    List<NDArray> result = new ArrayList<>();
    TensorScope.run(
        () -> {
          Tensor[] in = Suite.tensors(operands, device());
          List<Tensor> inputs = new ArrayList<>();
          for (int i : by) {
            inputs.add(in[i].requiresGrad());
          }
          Tensor number = call.apply(in)[0];
          if (!number.isTracked()) {
            // A constant: its differences have to be zero.
            inputs.forEach(input -> result.add(NDArray.zeros(input.dtype(), input.shape())));
            return;
          }
          Autograd.grad(number, inputs, o -> o.allowUnused())
              .forEach(gradient -> result.add(gradient.toNDArray()));
        });
    return result;
  }

  private static Device device() {
    return Backends.defaultDevice();
  }

  private static void compare(
      OpCall call,
      NDArray[] operands,
      int operand,
      double[] direction,
      double[] gradient,
      String what) {
    double expected =
        (value(call, operands, operand, direction, STEP)
                - value(call, operands, operand, direction, -STEP))
            / (2 * STEP);
    double actual = 0;
    double size = 0;
    for (int i = 0; i < direction.length; i++) {
      actual += gradient[i] * direction[i];
      size += Math.abs(gradient[i] * direction[i]);
    }
    if (!(Math.abs(actual - expected) <= BOUND * (size + Math.abs(expected) + 1))) {
      throw new AssertionError(
          "the gradient by operand "
              + operand
              + ", "
              + what
              + ", is "
              + actual
              + ", by finite differences "
              + expected);
    }
  }

  private static double value(
      OpCall call, NDArray[] operands, int operand, double[] direction, double step) {
    NDArray[] moved = operands.clone();
    double[] values = operands[operand].doubles().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] += step * direction[i];
    }
    moved[operand] = NDArray.wrap(values, operands[operand].dtype(), operands[operand].shape());
    return Suite.results(call, moved, device())[0].doubleAt(0);
  }
}
