package io.dendra.benchmarks;

import io.dendra.benchmarks.peers.Step;
import io.dendra.benchmarks.peers.Steps;
import io.dendra.benchmarks.peers.Workload;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;

/** Whole steps of training: batch to device, forward, loss, backward, Adam, loss to host. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TrainingStepBenchmark extends CpuBenchmark {
  @Param({"MLP_MNIST", "MLP_WIDE", "LENET", "CNN_CIFAR", "RESNET_BLOCK", "LSTM", "TRANSFORMER"})
  public Workload workload;

  private Step step;

  @Override
  protected void prepare() {
    step = Steps.of(workload);
  }

  @Benchmark
  public double step() {
    return step.run();
  }
}
