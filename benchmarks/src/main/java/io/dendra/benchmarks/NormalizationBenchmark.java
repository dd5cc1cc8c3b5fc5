package io.dendra.benchmarks;

import io.dendra.ops.NN;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;

/** Softmax over 1024 rows of 1000, layer normalisation over 1024 of 256, batch normalisation. */
public class NormalizationBenchmark extends CpuBenchmark {
  private static final double EPSILON = 1e-3;

  private Tensor logits;
  private Tensor rows;
  private Tensor rowScale;
  private Tensor rowShift;
  private Tensor images;
  private Tensor channelScale;
  private Tensor channelShift;

  @Override
  protected void prepare() {
    logits = Samples.tensor("logits", 1024, 1000);
    rows = Samples.tensor("rows", 1024, 256);
    rowScale = Samples.tensor("scale", 256);
    rowShift = Samples.tensor("shift", 256);
    images = Samples.tensor("images", 8, 64, 56, 56);
    channelScale = Samples.tensor("scale", 64);
    channelShift = Samples.tensor("shift", 64);
  }

  @Benchmark
  public Tensor softmax() {
    return released(() -> NN.softmax(logits, 1));
  }

  @Benchmark
  public Tensor layerNorm() {
    return released(() -> NN.layerNorm(rows, rowScale, rowShift, EPSILON));
  }

  /** As in training, of eight images of 56 by 56 with 64 channels. */
  @Benchmark
  public NN.BatchNorm batchNorm() {
    return released(() -> NN.batchNorm(images, channelScale, channelShift, EPSILON));
  }
}
