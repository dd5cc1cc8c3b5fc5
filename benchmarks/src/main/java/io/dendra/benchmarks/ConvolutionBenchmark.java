package io.dendra.benchmarks;

import io.dendra.backend.ConvSpec;
import io.dendra.ops.Convolution;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A 3 by 3 convolution of 64 channels to 64 over eight images of 56 by 56, and its gradients. */
public class ConvolutionBenchmark extends CpuBenchmark {
  private static final int BATCH = 8;
  private static final int CHANNELS = 64;
  private static final int SIDE = 56;
  private static final ConvSpec SAME =
      new ConvSpec(new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, 1);

  /** How the images lie in memory; layers keep channels last if not told otherwise. */
  @Param({"channels_last", "channels_first"})
  public String layout;

  private Tensor x;
  private Tensor w;
  private Tensor g;

  @Override
  protected void prepare() {
    x = images("x");
    g = images("g");
    w = Samples.tensor("w", CHANNELS, CHANNELS, 3, 3);
  }

  private Tensor images(String name) {
    return layout.equals("channels_last")
        ? Samples.tensor(name, BATCH, SIDE, SIDE, CHANNELS).permute(0, 3, 1, 2)
        : Samples.tensor(name, BATCH, CHANNELS, SIDE, SIDE);
  }

  @Benchmark
  public Tensor forward() {
    return released(() -> Convolution.conv(x, w, SAME));
  }

  @Benchmark
  public Tensor inputGradient() {
    return released(() -> Convolution.convInputGrad(g, w, SAME, x.shape()));
  }

  @Benchmark
  public Tensor filterGradient() {
    return released(() -> Convolution.convFilterGrad(x, g, SAME, w.layout()));
  }
}
