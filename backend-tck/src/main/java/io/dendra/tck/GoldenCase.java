package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A call whose results and gradients another framework has computed.
 *
 * @param name the case in the file
 * @param call the same in ops
 * @param inputs the names of the operands that have gradients
 * @param constants the names of the other operands, which come behind them, and their types
 * @param outputs the names of the results, null for one that is not compared
 */
record GoldenCase(
    String name, OpCall call, List<String> inputs, List<Constant> constants, List<String> outputs) {
  /**
   * An operand without a gradient.
   *
   * @param name its name in the file
   * @param dtype its type, null for that of the test
   */
  record Constant(String name, DType dtype) {}

  GoldenCase(String name, OpCall call, String... inputs) {
    this(name, call, List.of(inputs), List.of(), List.of("y"));
  }

  GoldenCase with(String constant, DType dtype) {
    List<Constant> all = new ArrayList<>(constants);
    all.add(new Constant(constant, dtype));
    return new GoldenCase(name, call, inputs, all, outputs);
  }

  GoldenCase giving(String... names) {
    return new GoldenCase(name, call, inputs, constants, List.of(names));
  }

  void check(DType dtype, double bound) {
    List<Tensor> tracked = new ArrayList<>();
    List<Tensor> operands = new ArrayList<>();
    for (String input : inputs) {
      tracked.add(Tensor.of(golden(input).as(dtype)).requiresGrad());
    }
    operands.addAll(tracked);
    for (Constant constant : constants) {
      DType own = constant.dtype() == null ? dtype : constant.dtype();
      operands.add(Tensor.of(golden(constant.name()).as(own)));
    }
    Tensor[] results = call.apply(operands.toArray(new Tensor[0]));
    Tensor sum = null;
    for (int i = 0; i < outputs.size(); i++) {
      String output = outputs.get(i);
      compare(output, results[i], dtype, bound);
      if (GoldenValues.has(name, "g_" + output)) {
        Tensor weight = Tensor.of(golden("g_" + output).as(dtype));
        Tensor part = results[i].mul(weight).sum();
        sum = sum == null ? part : sum.add(part);
      }
    }
    List<Tensor> gradients = Autograd.grad(sum, tracked);
    for (int i = 0; i < gradients.size(); i++) {
      compare("d_" + inputs.get(i), gradients.get(i), dtype, bound);
    }
  }

  private NDArray golden(String array) {
    return GoldenValues.of(name, array);
  }

  private void compare(String array, Tensor actual, DType dtype, double bound) {
    Closeness.assertClose(array, actual.toNDArray(), golden(array).as(dtype), bound);
  }
}
