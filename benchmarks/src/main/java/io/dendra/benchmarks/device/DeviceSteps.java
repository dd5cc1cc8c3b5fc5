package io.dendra.benchmarks.device;

import io.dendra.backend.Backends;
import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.serialization.Json;
import io.dendra.tensor.Device;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains one network on one device and prints a line of JSON: the median time of a step, from the
 * batch on the host to the loss on the host.
 *
 * <p>Arguments: network, device, precision ({@code float32}, {@code tf32}, {@code mixed_bfloat16},
 * {@code mixed_float16}), steps to warm up, steps to time. {@code -Ddendra.capture=off} times steps
 * that are not replayed.
 */
public final class DeviceSteps {
  private static final String TF32 = "tf32";

  private DeviceSteps() {}

  public static void main(String[] args) {
    if (args.length != 5) {
      System.err.println("usage: network device precision warmup steps");
      System.exit(2);
    }
    DeviceNetwork network = DeviceNetwork.named(args[0]);
    Device device = Device.of(args[1]);
    System.out.println(
        Json.write(
            measure(
                network, device, args[2], Integer.parseInt(args[3]), Integer.parseInt(args[4]))));
  }

  static Map<String, Object> measure(
      DeviceNetwork network, Device device, String precision, int warmup, int steps) {
    if (warmup < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "at least one step to warm up and one to time, given " + warmup + " and " + steps);
    }
    if (precision.equals(TF32)) {
      io.dendra.config.Config.set("dendra.cuda.precision", TF32);
    }
    long start = System.nanoTime();
    Clock clock = new Clock();
    try (Model model = network.layers()) {
      if (!precision.equals(TF32)) {
        model.dtype(precision);
      }
      model.to(device).compile("adam", "sparse_categorical_crossentropy");
      Batch batch = network.batch();
      List<Batch> batches = Collections.nCopies(warmup + steps, batch);
      model.fit(
          Dataset.generator(epoch -> batches.iterator()),
          o -> o.epochs(1).shuffle(false).callbacks(clock));
    }
    Backends.open(device).backend().synchronize();
    double[] millis = clock.millis(warmup);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("network", network.label());
    line.put("device", device.toString());
    line.put("precision", precision);
    line.put("capture", System.getProperty("dendra.capture", "auto"));
    line.put("steps", millis.length);
    line.put("median_ms", millis[millis.length / 2]);
    line.put("fastest_ms", millis[0]);
    line.put("first_loss", clock.firstLoss);
    line.put("last_loss", clock.lastLoss);
    line.put("peak_bytes", device.memoryStats().peak());
    line.put("total_s", (System.nanoTime() - start) / 1e9);
    return line;
  }

  /** The times at which steps ended. */
  private static final class Clock implements Callback {
    private long[] ends = new long[64];
    private int count;
    private double firstLoss;
    private double lastLoss;

    @Override
    public void onBatchEnd(TrainingRun run, int batch, double loss) {
      if (count == ends.length) {
        ends = Arrays.copyOf(ends, 2 * count);
      }
      ends[count++] = System.nanoTime();
      if (count == 1) {
        firstLoss = loss;
      }
      lastLoss = loss;
    }

    /** The times of the steps after the first ones, rising. */
    double[] millis(int after) {
      double[] millis = new double[count - after];
      for (int i = 0; i < millis.length; i++) {
        millis[i] = (ends[after + i] - ends[after + i - 1]) / 1e6;
      }
      Arrays.sort(millis);
      return millis;
    }
  }
}
