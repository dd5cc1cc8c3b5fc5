package io.dendra.benchmarks;

import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Products of square matrices. */
public class MatmulBenchmark extends CpuBenchmark {
  @Param({"32", "128", "1024"})
  public int side;

  private Tensor a;
  private Tensor b;

  @Override
  protected void prepare() {
    a = Samples.tensor("a", side, side);
    b = Samples.tensor("b", side, side);
  }

  @Benchmark
  public Tensor matmul() {
    return released(() -> a.matmul(b));
  }

  /** As in a gradient: one operand is a transposed view. */
  @Benchmark
  public Tensor matmulTransposed() {
    return released(() -> a.matmul(b.transpose()));
  }
}
