package io.dendra.benchmarks;

import io.dendra.autograd.Autograd;
import io.dendra.backend.PoolSpec;
import io.dendra.ops.Pooling;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;

/** 2 by 2 pooling of eight images of 56 by 56 with 64 channels, channels first. */
public class PoolingBenchmark extends CpuBenchmark {
  private static final PoolSpec HALVE =
      new PoolSpec(new int[] {2, 2}, new int[] {2, 2}, new int[2], new int[2]);

  private Tensor x;
  private Tensor trained;

  @Override
  protected void prepare() {
    x = Samples.tensor("x", 8, 64, 56, 56);
    trained = Samples.tensor("x", 8, 64, 56, 56).requiresGrad();
  }

  @Benchmark
  public Tensor max() {
    return released(() -> Pooling.maxPool(x, HALVE));
  }

  @Benchmark
  public Tensor average() {
    return released(() -> Pooling.avgPool(x, HALVE));
  }

  /** Forward, a sum, and back. */
  @Benchmark
  public Tensor maxAndGradient() {
    return released(() -> Autograd.grad(Pooling.maxPool(trained, HALVE).sum(), trained));
  }

  /** Forward, a sum, and back. */
  @Benchmark
  public Tensor averageAndGradient() {
    return released(() -> Autograd.grad(Pooling.avgPool(trained, HALVE).sum(), trained));
  }
}
