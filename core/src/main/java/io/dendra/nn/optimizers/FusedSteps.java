package io.dendra.nn.optimizers;

import io.dendra.backend.FusedOp;
import io.dendra.ops.Fused;
import io.dendra.ops.StepNumbers;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Steps by a kernel of the backend, over weights and slots in place. */
final class FusedSteps {
  private FusedSteps() {}

  /**
   * Makes one step; whether there is a kernel for it.
   *
   * @param maker the op of a step
   * @param slots the names of what the op takes after weight and gradient
   */
  static boolean apply(
      Optimizer optimizer,
      Optimizer.Step step,
      Function<Optimizer.Step, FusedOp> maker,
      List<String> slots) {
    return apply(StepNumbers.varying(() -> maker.apply(optimizer.due(step))), List.of(step), slots);
  }

  /** Makes all steps at once; whether there is a kernel for that. */
  static boolean apply(
      Optimizer optimizer,
      List<Optimizer.Step> steps,
      Function<Optimizer.Step, FusedOp> maker,
      List<String> slots) {
    FusedOp all =
        StepNumbers.varying(
            () -> {
              List<FusedOp> each = new ArrayList<>(steps.size());
              steps.forEach(step -> each.add(maker.apply(optimizer.due(step))));
              return new FusedOp.Steps(each);
            });
    boolean applied = apply(all, steps, slots);
    if (!applied) {
      // One by one, then.
      StepNumbers.withdraw(all);
    }
    return applied;
  }

  private static boolean apply(FusedOp op, List<Optimizer.Step> steps, List<String> slots) {
    List<Tensor> in = new ArrayList<>();
    List<Tensor> out = new ArrayList<>();
    for (Optimizer.Step step : steps) {
      in.add(step.weight());
      in.add(step.gradient());
      out.add(step.weight());
      for (String slot : slots) {
        in.add(step.slot(slot));
        out.add(step.slot(slot));
      }
    }
    return Fused.applyInPlace(op, in.toArray(new Tensor[0]), out.toArray(new Tensor[0]));
  }
}
