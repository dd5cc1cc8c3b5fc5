package io.dendra.benchmarks;

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
  @Param public Network network;

  private TrainingStep step;

  @Override
  protected void prepare() {
    step = new TrainingStep(network);
  }

  @Benchmark
  public double step() {
    return step.run();
  }
}
