package io.dendra.benchmarks.peers;

import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * What a machine can do, from the best of many tries: a floor has to hold on its best day.
 *
 * @param flopsPerSecond of products of float32 matrices
 * @param bytesPerSecond read and written together, of plain copies by all threads
 */
record MachineSpeed(double flopsPerSecond, double bytesPerSecond) {
  private static final String GFLOPS = "gflops";
  private static final String GIGABYTES = "gigabytes_per_s";
  private static final double SECONDS = 3;
  private static final int[] SIDES = {768, 1024, 1536, 2048};
  private static final int COPIED = 16 << 20;

  /** Measures this machine, with the same threads as everything else. */
  static MachineSpeed measure() {
    PeerOptions.parse(List.of(Workload.MATMUL1024.label())).configure();
    double flops = 0;
    for (int side : SIDES) {
      flops = Math.max(flops, productRate(side));
    }
    return new MachineSpeed(flops, copyRate(Integer.parseInt(PeerOptions.THREADS)));
  }

  private static double productRate(int side) {
    Tensor a = Tensor.of(Noise.floats(side * side, 1), side, side);
    Tensor b = Tensor.of(Noise.floats(side * side, 2), side, side);
    double seconds =
        fastest(
            () -> {
              try (TensorScope scope = TensorScope.open("rate")) {
                a.matmul(b);
              }
            });
    return 2.0 * side * side * side / seconds;
  }

  private static double copyRate(int threads) {
    float[][] from = new float[threads][COPIED / threads];
    float[][] to = new float[threads][COPIED / threads];
    double seconds = fastest(() -> copy(from, to));
    return 2.0 * Float.BYTES * COPIED / seconds;
  }

  private static void copy(float[][] from, float[][] to) {
    Thread[] threads = new Thread[from.length];
    for (int i = 0; i < threads.length; i++) {
      float[] source = from[i];
      float[] target = to[i];
      threads[i] = new Thread(() -> System.arraycopy(source, 0, target, 0, source.length));
      threads[i].setName("copy-" + i);
      threads[i].setDaemon(true);
      threads[i].start();
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while measuring the machine", e);
      }
    }
  }

  private static double fastest(Runnable work) {
    double fastest = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    while ((System.nanoTime() - start) / 1e9 < SECONDS) {
      long before = System.nanoTime();
      work.run();
      fastest = Math.min(fastest, (System.nanoTime() - before) / 1e9);
    }
    return fastest;
  }

  /** Lines that {@link #read} understands. */
  void print(PrintStream out) {
    out.printf(Locale.ROOT, "%s=%.1f%n", GFLOPS, flopsPerSecond / 1e9);
    out.printf(Locale.ROOT, "%s=%.1f%n", GIGABYTES, bytesPerSecond / 1e9);
  }

  /**
   * Reads what was printed; of a file that holds several prints, as of the start and the end of a
   * run, the better figures.
   *
   * @throws IllegalArgumentException when there is no figure
   */
  static MachineSpeed read(Path file) throws IOException {
    double flops = 0;
    double bytes = 0;
    for (String line : Files.readAllLines(file)) {
      Properties figure = new Properties();
      figure.load(new StringReader(line));
      flops = Math.max(flops, Double.parseDouble(figure.getProperty(GFLOPS, "0")));
      bytes = Math.max(bytes, Double.parseDouble(figure.getProperty(GIGABYTES, "0")));
    }
    if (flops == 0 || bytes == 0) {
      throw new IllegalArgumentException(
          file + " has no lines " + GFLOPS + "=… and " + GIGABYTES + "=…, as machine prints them");
    }
    return new MachineSpeed(flops * 1e9, bytes * 1e9);
  }
}
