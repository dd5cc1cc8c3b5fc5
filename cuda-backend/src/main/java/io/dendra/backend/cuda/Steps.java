package io.dendra.backend.cuda;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.tensor.DType;
import java.util.Arrays;
import java.util.List;

/** Steps of optimizers, in place: of up to 64 parameters in one launch. */
final class Steps {
  /** {@code TENSORS} in {@code steps.cu}. */
  private static final int TENSORS = 64;

  /** {@code CHUNK} in {@code steps.cu}. */
  private static final int CHUNK = 2 * Launch.BLOCK * Launch.PACK;

  private static final int DENSE = 0;
  private static final int STRIDED = 1;

  private final CudaDevice device;
  private final Copies copies;
  private final KernelFamily family;

  Steps(CudaDevice device, Copies copies) {
    this.device = device;
    this.copies = copies;
    this.family = new KernelFamily(device, DType.values().length * StepRule.values().length, 2);
  }

  /** Null for several parameters that differ in more than their decay, or lie with gaps. */
  FusedKernel kernel(FusedOp op, View[] inputs) {
    List<FusedOp> each = op instanceof FusedOp.Steps steps ? steps.each() : List.of(op);
    FusedOp first = each.get(0);
    StepRule rule = StepRule.of(first);
    if (rule == null || inputs.length != each.size() * rule.operands()) {
      return null;
    }
    boolean dense = isDense(rule, inputs);
    if (each.size() > 1 && !(dense && isOneStep(rule, each, inputs))) {
      return null;
    }
    return (in, out) -> {
      View[] operands = operands(rule, in, out);
      if (dense) {
        stepAll(op, rule, each, operands);
      } else {
        step(op, rule, operands);
      }
    };
  }

  private static boolean isDense(StepRule rule, View[] inputs) {
    for (int i = 0; i < inputs.length; i += rule.operands()) {
      for (int k = 0; k < rule.operands(); k++) {
        View operand = inputs[i + k];
        if (!operand.layout().isDense() || !operand.layout().sameOrder(inputs[i].layout())) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isOneStep(StepRule rule, List<FusedOp> each, View[] inputs) {
    double[] numbers = StepRule.numbers(each.get(0));
    for (FusedOp op : each) {
      if (StepRule.of(op) != rule || !Arrays.equals(StepRule.numbers(op), numbers)) {
        return false;
      }
    }
    for (View operand : inputs) {
      if (operand.dtype() != inputs[0].dtype()) {
        return false;
      }
    }
    return true;
  }

  /** The inputs, with what is to change where its result belongs. */
  private View[] operands(StepRule rule, View[] in, View[] out) {
    View[] operands = in.clone();
    for (int i = 0, o = 0; i < in.length; i++) {
      if (i % rule.operands() == 1) {
        continue;
      }
      View result = out[o++];
      if (CudaBuffer.address(result) != CudaBuffer.address(in[i])
          || !result.layout().sameOrder(in[i].layout())) {
        copies.copy(in[i], result);
      }
      operands[i] = result;
    }
    return operands;
  }

  private Kernel kernel(StepRule rule, DType dtype, int entry) {
    return family.get(
        dtype.ordinal() * StepRule.values().length + rule.ordinal(),
        entry,
        entry == DENSE ? "dense" : "strided",
        () ->
            KernelSource.of(
                "steps",
                "T=" + KernelSource.type(dtype),
                "STEP=" + rule.structure(),
                "OPERANDS=" + rule.operands()));
  }

  private void stepAll(FusedOp op, StepRule rule, List<FusedOp> each, View[] operands) {
    long[] numbers = bits(StepRule.numbers(each.get(0)));
    synchronized (device) {
      long variables = device.variables(op);
      for (int first = 0; first < each.size(); first += TENSORS) {
        int count = Math.min(TENSORS, each.size() - first);
        long[] table = new long[2 + (rule.operands() + 3) * TENSORS];
        long blocks = fill(table, rule, each, operands, first, count);
        if (blocks > 0) {
          Kernel kernel = kernel(rule, operands[0].dtype(), DENSE);
          device.arguments().add(table).add(numbers).add(variables);
          device.launch(kernel, Grid.of(Math.toIntExact(blocks)), Launch.BLOCK, 0);
        }
      }
    }
  }

  /** Writes the structure {@code Table}; returns the number of blocks. */
  private static long fill(
      long[] table, StepRule rule, List<FusedOp> each, View[] operands, int first, int count) {
    table[0] = count;
    table[1] = first;
    int sizes = 2 + rule.operands() * TENSORS;
    long blocks = 0;
    for (int i = 0; i < count; i++) {
      int at = (first + i) * rule.operands();
      for (int k = 0; k < rule.operands(); k++) {
        table[2 + k * TENSORS + i] = CudaBuffer.address(operands[at + k]);
      }
      long size = operands[at].layout().size();
      table[sizes + i] = size;
      table[sizes + TENSORS + i] = blocks;
      table[sizes + 2 * TENSORS + i] =
          Double.doubleToRawLongBits(StepRule.decay(each.get(first + i)));
      blocks += (size + CHUNK - 1) / CHUNK;
    }
    return blocks;
  }

  private void step(FusedOp op, StepRule rule, View[] operands) {
    Geometry geometry = Geometry.of(operands);
    if (geometry.size() == 0) {
      return;
    }
    long[] addresses = Arrays.stream(operands).mapToLong(CudaBuffer::address).toArray();
    synchronized (device) {
      Kernel kernel = kernel(rule, operands[0].dtype(), STRIDED);
      device
          .arguments()
          .add(addresses)
          .add(geometry.words())
          .add(bits(StepRule.numbers(op)))
          .add(StepRule.decay(op))
          .add(device.variables(op));
      device.launch(kernel, geometry.size());
    }
  }

  private static long[] bits(double[] numbers) {
    return Arrays.stream(numbers).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
