package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A call made to one number, so that it can be differentiated: the sum of its results times random
 * weights. The weights are operands behind those of the call: the gradient that flows in.
 *
 * @param call operands and weights to one number
 * @param operands the operands, then one array of weights for each result that is a float
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Weighted(OpCall call, NDArray[] operands) {
  private static final RandomKey KEY = RandomKey.of(31);

  static Weighted of(OpCall call, NDArray[] operands, Device device) {
    int count = operands.length;
    List<NDArray> all = new ArrayList<>(List.of(operands));
    for (NDArray result : Suite.hosted(() -> call.apply(graph(operands, device)), device)) {
      if (result.dtype().isFloating()) {
        RandomStream stream = new RandomStream(KEY.fold(all.size()));
        all.add(Operand.in(0.5, 1.5, result.shape().dims()).draw(stream, result.dtype()));
      }
    }
    return new Weighted(OpCall.one(in -> sum(call, in, count)), all.toArray(new NDArray[0]));
  }

  private static Tensor[] graph(NDArray[] operands, Device device) {
    Tensor[] tensors = Suite.tensors(operands, device);
    for (Tensor tensor : tensors) {
      if (tensor.dtype().isFloating()) {
        tensor.requiresGrad();
      }
    }
    return tensors;
  }

  private static Tensor sum(OpCall call, Tensor[] in, int count) {
    Tensor sum = null;
    int weight = count;
    for (Tensor result : call.apply(Arrays.copyOf(in, count))) {
      if (result.dtype().isFloating()) {
        Tensor part = result.mul(in[weight++]).sum();
        sum = sum == null ? part : sum.add(part);
      }
    }
    return sum == null ? Tensor.of(new double[] {0}).sum() : sum;
  }

  /** The gradients of a call that gives one number, as results that have gradients themselves. */
  static OpCall gradient(OpCall call, List<Integer> by) {
    return in -> {
      List<Tensor> inputs = new ArrayList<>();
      for (int i : by) {
        inputs.add(in[i].isTracked() ? in[i] : in[i].requiresGrad());
      }
      Tensor number = call.apply(in)[0];
      return Autograd.grad(number, inputs, o -> o.createGraph().allowUnused())
          .toArray(new Tensor[0]);
    };
  }
}
