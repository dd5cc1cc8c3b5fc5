package io.dendra.tck;

import io.dendra.backend.FusedOp;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Fused;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Steps of optimizers against PyTorch: by the backend's kernel in place where it has one, and by
 * the formula that {@link FusedOp} gives, in ops.
 */
public abstract class StepSuite extends Suite {
  private static final double RATE = 0.01;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.99;
  private static final double EPSILON = 1e-3;

  /** A suite over a backend. */
  protected StepSuite(TestedBackend backend) {
    super(backend);
  }

  /** The op of a step, counted from 1. */
  @FunctionalInterface
  private interface Schedule {
    FusedOp step(int step);
  }

  @TestFactory
  final Stream<DynamicTest> steps() {
    List<DynamicTest> tests = new ArrayList<>();
    add(tests, "sgd", step -> new FusedOp.SgdStep(0.1, 0, false));
    add(tests, "sgd_momentum", step -> new FusedOp.SgdStep(0.1, 0.9, false));
    add(tests, "sgd_nesterov", step -> new FusedOp.SgdStep(0.1, 0.9, true));
    add(tests, "adam", step -> adam(step, 0));
    add(tests, "adamw", step -> adam(step, RATE * 0.1));
    return tests.stream();
  }

  /** The bias correction goes into the rate, and so into epsilon. */
  private static FusedOp adam(int step, double decay) {
    double correction = Math.sqrt(1 - Math.pow(BETA2, step));
    double alpha = RATE * correction / (1 - Math.pow(BETA1, step));
    return new FusedOp.AdamStep(alpha, BETA1, BETA2, EPSILON * correction, decay);
  }

  private void add(List<DynamicTest> tests, String name, Schedule schedule) {
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      tests.add(
          test(name + " " + dtype.label(), device(), () -> follow(name, schedule, dtype, true)));
      tests.add(
          test(
              name + " decomposed " + dtype.label(),
              device(),
              () -> follow(name, schedule, dtype, false)));
    }
  }

  private static void follow(String name, Schedule schedule, DType dtype, boolean fused) {
    double bound = dtype == DType.FLOAT32 ? 2e-6 : 1e-13;
    NDArray start = GoldenValues.of(name, "p0").as(dtype);
    Tensor p = Tensor.of(start);
    Tensor[] state = {Tensor.of(NDArray.zeros(dtype, start.shape())), null};
    state[1] = Tensor.of(NDArray.zeros(dtype, start.shape()));
    for (int step = 1; step <= 3; step++) {
      Tensor g = Tensor.of(GoldenValues.of(name, "g" + step).as(dtype));
      FusedOp op = schedule.step(step);
      Tensor[] changing =
          op instanceof FusedOp.AdamStep
              ? new Tensor[] {p, state[0], state[1]}
              : new Tensor[] {p, state[0]};
      Tensor[] in =
          op instanceof FusedOp.AdamStep
              ? new Tensor[] {p, g, state[0], state[1]}
              : new Tensor[] {p, g, state[0]};
      if (!Fused.using(fused, () -> Fused.applyInPlace(op, in, changing))) {
        Tensor[] next = formula(op, in);
        for (int i = 0; i < next.length; i++) {
          changing[i].assign(next[i]);
        }
      }
      NDArray expected = GoldenValues.of(name, "p" + step).as(dtype);
      Closeness.assertClose("step " + step, p.toNDArray(), expected, bound);
    }
  }

  /** The formulas of {@link FusedOp.SgdStep} and {@link FusedOp.AdamStep}. */
  private static Tensor[] formula(FusedOp op, Tensor[] in) {
    if (op instanceof FusedOp.SgdStep sgd) {
      Tensor v = in[2].mul(sgd.momentum()).sub(in[1].mul(sgd.rate()));
      Tensor move = sgd.nesterov() ? v.mul(sgd.momentum()).sub(in[1].mul(sgd.rate())) : v;
      return new Tensor[] {in[0].add(move), v};
    }
    FusedOp.AdamStep adam = (FusedOp.AdamStep) op;
    Tensor m = in[2].add(in[1].sub(in[2]).mul(1 - adam.beta1()));
    Tensor v = in[3].add(in[1].square().sub(in[3]).mul(1 - adam.beta2()));
    Tensor root = Elementwise.unary(UnaryOp.SQRT, v).add(adam.epsilon());
    Tensor p = in[0].mul(1 - adam.decay()).sub(m.mul(adam.alpha()).div(root));
    return new Tensor[] {p, m, v};
  }
}
