package io.dendra.benchmarks;

import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Reductions of a square matrix, whole, along its columns and along its rows. */
public class ReductionBenchmark extends CpuBenchmark {
  @Param({"100", "1000"})
  public int side;

  private Tensor x;

  @Override
  protected void prepare() {
    x = Samples.tensor("x", side, side);
  }

  @Benchmark
  public Tensor sum() {
    return released(() -> x.sum());
  }

  @Benchmark
  public Tensor sumOfColumns() {
    return released(() -> x.sum(0));
  }

  @Benchmark
  public Tensor sumOfRows() {
    return released(() -> x.sum(1));
  }

  @Benchmark
  public Tensor maxOfRows() {
    return released(() -> x.max(1));
  }

  @Benchmark
  public Tensor argMaxOfRows() {
    return released(() -> x.argMax(1));
  }
}
