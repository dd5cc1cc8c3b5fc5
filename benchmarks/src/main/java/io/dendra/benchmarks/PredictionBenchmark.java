package io.dendra.benchmarks;

import io.dendra.benchmarks.peers.Networks;
import io.dendra.benchmarks.peers.Workload;
import io.dendra.models.Model;
import io.dendra.tensor.NDArray;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;

/** An MLP's answer to a single sample, host to host. */
@BenchmarkMode(Mode.SampleTime)
public class PredictionBenchmark extends CpuBenchmark {
  private Model model;
  private NDArray sample;

  @Override
  protected void prepare() {
    model = Networks.model(Workload.PREDICT_MLP1);
    sample = Networks.inputs(Workload.PREDICT_MLP1);
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
