package io.dendra.benchmarks;

import io.dendra.ops.Elementwise;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Ops on each element: the smallest show what a call costs, the largest what memory costs. */
public class ElementwiseBenchmark extends CpuBenchmark {
  @Param({"10", "10000", "1000000"})
  public int size;

  private Tensor x;
  private Tensor y;
  private Tensor row;
  private Tensor positive;

  @Override
  protected void prepare() {
    // As square as the sizes above divide: 2 by 5, 100 by 100, 1000 by 1000.
    int rows = Math.max(2, (int) Math.sqrt(size) / 2 * 2);
    x = Samples.tensor("x", rows, size / rows);
    y = Samples.tensor("y", rows, size / rows);
    row = Samples.tensor("row", size / rows);
    positive = x.gt(Tensor.scalar(0));
  }

  @Benchmark
  public Tensor add() {
    return released(() -> x.add(y));
  }

  @Benchmark
  public Tensor broadcastAdd() {
    return released(() -> x.add(row));
  }

  @Benchmark
  public Tensor tanh() {
    return released(() -> x.tanh());
  }

  @Benchmark
  public Tensor where() {
    return released(() -> Elementwise.where(positive, x, y));
  }
}
