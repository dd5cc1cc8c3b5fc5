package io.dendra.benchmarks;

import io.dendra.backend.Backends;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;

/** A million random numbers. */
public class RandomBenchmark extends CpuBenchmark {
  private final Shape million = Shape.of(1_000_000);
  private final RandomKey key = RandomKey.of(0);
  private Device device;

  @Override
  protected void prepare() {
    device = Backends.defaultDevice();
  }

  @Benchmark
  public Tensor uniform() {
    return released(() -> RandomOps.uniform(key, million, DType.FLOAT32, device));
  }

  @Benchmark
  public Tensor normal() {
    return released(() -> RandomOps.normal(key, million));
  }

  @Benchmark
  public Tensor bernoulli() {
    return released(() -> RandomOps.bernoulli(key, million, 0.5, device));
  }
}
