package io.dendra.benchmarks.peers;

import io.dendra.data.Batch;
import io.dendra.models.Model;
import io.dendra.models.Predictor;
import io.dendra.ops.CompiledFunction;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;

/** Workloads as single steps, through the API that users have. */
public final class Steps {
  private static final double SCALE = 1.5;
  private static final double SHIFT = 0.25;

  private Steps() {}

  /** The step of a workload; a training step is one {@code trainOnBatch} on prepared arrays. */
  public static Step of(Workload workload) {
    return switch (workload) {
      case PREDICT_MLP1 -> prediction();
      case MATMUL1024 -> product();
      case ELEMENTWISE10M -> elementwise();
      default -> training(workload);
    };
  }

  private static Step training(Workload workload) {
    Model model = Networks.model(workload);
    Batch batch = Networks.batch(workload);
    return () -> model.trainOnBatch(batch);
  }

  private static Step prediction() {
    Model model = Networks.model(Workload.PREDICT_MLP1);
    float[] sample = Networks.inputs(Workload.PREDICT_MLP1).floats();
    Predictor predictor = model.predictor(sample.length);
    return () -> predictor.predict(sample)[0];
  }

  private static Step product() {
    Tensor a = operand(1, 1024, 1024);
    Tensor b = operand(2, 1024, 1024);
    return () -> {
      try (TensorScope scope = TensorScope.open("product")) {
        return a.matmul(b).select(0, 0).select(0, 0).item();
      }
    };
  }

  private static Step elementwise() {
    Tensor x = operand(1, 10_000_000);
    CompiledFunction function =
        CompiledFunction.of(t -> t.mul(SCALE).add(SHIFT).tanh().mul(t.sigmoid()));
    return () -> {
      try (TensorScope scope = TensorScope.open("elementwise")) {
        return function.apply(x).select(0, 0).item();
      }
    };
  }

  private static Tensor operand(int seed, long... shape) {
    int count = 1;
    for (long dim : shape) {
      count = Math.toIntExact(count * dim);
    }
    return Tensor.of(Noise.floats(count, seed), shape);
  }
}
