package io.dendra.benchmarks;

import io.dendra.models.Model;
import io.dendra.tensor.NDArray;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;

/** The MLP's answer to a single sample, host to host. */
@BenchmarkMode(Mode.SampleTime)
public class PredictionBenchmark extends CpuBenchmark {
  private Model model;
  private NDArray sample;

  @Override
  protected void prepare() {
    model = Network.MLP.model();
    sample = Network.MLP.batch(1).input();
  }

  @Benchmark
  public NDArray predict() {
    return model.predict(sample);
  }

  /** Without the data set that {@code predict} cuts into batches. */
  @Benchmark
  public List<NDArray> predictOnBatch() {
    return model.predictOnBatch(List.of(sample));
  }
}
