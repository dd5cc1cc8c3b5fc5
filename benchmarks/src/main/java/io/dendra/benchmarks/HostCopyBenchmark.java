package io.dendra.benchmarks;

import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Float arrays into tensors and back. */
public class HostCopyBenchmark extends CpuBenchmark {
  @Param({"10", "10000", "1000000"})
  public int size;

  private NDArray array;
  private Tensor tensor;

  @Override
  protected void prepare() {
    array = Samples.floats("x", size);
    tensor = Tensor.of(array);
  }

  @Benchmark
  public Tensor fromHost() {
    return released(() -> Tensor.of(array));
  }

  @Benchmark
  public NDArray toHost() {
    return tensor.toNDArray();
  }
}
