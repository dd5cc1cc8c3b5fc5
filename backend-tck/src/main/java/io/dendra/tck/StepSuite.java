package io.dendra.tck;

import io.dendra.backend.FusedOp;
import io.dendra.backend.UnaryOp;
import io.dendra.ops.Elementwise;
import io.dendra.ops.Fused;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
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
      String type = dtype.label();
      Follower alone = new Follower(name, schedule, dtype);
      tests.add(test(name + " " + type, device(), () -> alone.follow(1, true)));
      tests.add(test(name + " decomposed " + type, device(), () -> alone.follow(1, false)));
      tests.add(test(name + " of several " + type, device(), () -> alone.follow(3, true)));
    }
  }

  /** Follows PyTorch for some steps, with several parameters that have the same numbers. */
  private record Follower(String name, Schedule schedule, DType dtype) {
    void follow(int parameters, boolean fused) {
      double bound = dtype == DType.FLOAT32 ? 2e-6 : 1e-13;
      List<Tensor[]> operands = new ArrayList<>();
      for (int i = 0; i < parameters; i++) {
        operands.add(start());
      }
      for (int step = 1; step <= 3; step++) {
        FusedOp op = schedule.step(step);
        for (Tensor[] of : operands) {
          of[1] = Tensor.of(GoldenValues.of(name, "g" + step).as(dtype));
        }
        step(op, operands, fused);
        NDArray expected = GoldenValues.of(name, "p" + step).as(dtype);
        for (Tensor[] of : operands) {
          Closeness.assertClose("step " + step, of[0].toNDArray(), expected, bound);
        }
      }
    }

    /** The weight, a place for its gradient, and what is kept for it. */
    private Tensor[] start() {
      FusedOp op = schedule.step(1);
      boolean hasVelocity = !(op instanceof FusedOp.SgdStep sgd) || sgd.hasVelocity();
      Tensor[] operands = new Tensor[op instanceof FusedOp.AdamStep ? 4 : hasVelocity ? 3 : 2];
      NDArray start = GoldenValues.of(name, "p0").as(dtype);
      operands[0] = Tensor.of(start);
      for (int k = 2; k < operands.length; k++) {
        operands[k] = Tensor.of(NDArray.zeros(dtype, start.shape()));
      }
      return operands;
    }
  }

  /** All at once where there is a kernel for that, else one by one. */
  private static void step(FusedOp op, List<Tensor[]> operands, boolean fused) {
    Tensor[] in = operands.stream().flatMap(Stream::of).toArray(Tensor[]::new);
    Tensor[] out = operands.stream().flatMap(of -> Stream.of(changing(of))).toArray(Tensor[]::new);
    FusedOp steps = new FusedOp.Steps(Collections.nCopies(operands.size(), op));
    if (operands.size() > 1 && Fused.using(fused, () -> Fused.applyInPlace(steps, in, out))) {
      return;
    }
    for (Tensor[] of : operands) {
      Tensor[] changing = changing(of);
      if (!Fused.using(fused, () -> Fused.applyInPlace(op, of, changing))) {
        Tensor[] next = formula(op, of);
        for (int i = 0; i < next.length; i++) {
          changing[i].assign(next[i]);
        }
      }
    }
  }

  /** All but the gradient. */
  private static Tensor[] changing(Tensor[] operands) {
    Tensor[] changing = new Tensor[operands.length - 1];
    changing[0] = operands[0];
    System.arraycopy(operands, 2, changing, 1, operands.length - 2);
    return changing;
  }

  /** The formulas of {@link FusedOp.SgdStep} and {@link FusedOp.AdamStep}. */
  private static Tensor[] formula(FusedOp op, Tensor[] in) {
    if (op instanceof FusedOp.SgdStep sgd) {
      Tensor move = in[1].mul(sgd.rate());
      if (!sgd.hasVelocity()) {
        return new Tensor[] {in[0].sub(move)};
      }
      Tensor v = in[2].mul(sgd.momentum()).sub(move);
      Tensor ahead = sgd.nesterov() ? v.mul(sgd.momentum()).sub(move) : v;
      return new Tensor[] {in[0].add(ahead), v};
    }
    FusedOp.AdamStep adam = (FusedOp.AdamStep) op;
    Tensor m = in[2].add(in[1].sub(in[2]).mul(1 - adam.beta1()));
    Tensor v = in[3].add(in[1].square().sub(in[3]).mul(1 - adam.beta2()));
    Tensor root = Elementwise.unary(UnaryOp.SQRT, v).add(adam.epsilon());
    Tensor p = in[0].mul(1 - adam.decay()).sub(m.mul(adam.alpha()).div(root));
    return new Tensor[] {p, m, v};
  }
}
