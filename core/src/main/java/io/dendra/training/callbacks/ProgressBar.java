package io.dendra.training.callbacks;

import io.dendra.training.Callback;
import io.dendra.training.Evaluation;
import io.dendra.training.TrainingRun;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/**
 * A line per epoch that grows: batches done, time left, loss and metrics.
 *
 * <pre>
 * Epoch 2/6 [=============&gt;      ] 312/469, 1 s left, loss 0.1302, accuracy 0.9616
 * </pre>
 */
public final class ProgressBar implements Callback {
  private static final int WIDTH = 20;
  private static final long INTERVAL_NANOS = 100_000_000L;

  private final PrintStream out;
  private final boolean live;
  private int epoch;
  private long epochStart;
  private long lastDrawn;
  private int drawnLength;

  /** Draws on a terminal. */
  public ProgressBar(PrintStream out) {
    this(out, true);
  }

  /** Draws on a terminal, or with {@code live} off prints a line per finished epoch only. */
  public ProgressBar(PrintStream out, boolean live) {
    this.out = out;
    this.live = live;
  }

  @Override
  public void onEpochBegin(TrainingRun run, int number) {
    epoch = number;
    epochStart = System.nanoTime();
    lastDrawn = epochStart;
  }

  @Override
  public void onBatchEnd(TrainingRun run, int batch, double loss) {
    long now = System.nanoTime();
    if (live && now - lastDrawn >= INTERVAL_NANOS) {
      lastDrawn = now;
      draw(head(run) + bar(run, batch + 1, now) + ", " + new Evaluation(run.logs()));
    }
  }

  @Override
  public void onEpochEnd(TrainingRun run, int number, Map<String, Double> logs) {
    double seconds = (System.nanoTime() - epochStart) / 1e9;
    draw(head(run) + String.format(Locale.ROOT, "%.1f s, %s", seconds, new Evaluation(logs)));
    out.println();
    out.flush();
    drawnLength = 0;
  }

  @Override
  public void onTrainEnd(TrainingRun run) {
    if (drawnLength > 0) {
      out.println();
      drawnLength = 0;
    }
    if (run.stopReason() != null) {
      out.println("Stopped: " + run.stopReason());
    }
    out.flush();
  }

  private String head(TrainingRun run) {
    return "Epoch " + (epoch + 1) + "/" + run.epochs() + " ";
  }

  private String bar(TrainingRun run, int done, long now) {
    if (run.batchesPerEpoch().isEmpty()) {
      return "batch " + done;
    }
    long all = run.batchesPerEpoch().getAsLong();
    int filled = (int) Math.min(WIDTH, WIDTH * (long) done / Math.max(1, all));
    String arrow = filled == WIDTH ? "=".repeat(WIDTH) : "=".repeat(filled) + ">";
    double left = (now - epochStart) / 1e9 / done * (all - done);
    return String.format(
        Locale.ROOT, "[%-" + WIDTH + "s] %d/%d, %.0f s left", arrow, done, all, Math.ceil(left));
  }

  private void draw(String line) {
    int erase = Math.max(0, drawnLength - line.length());
    out.print((live ? "\r" : "") + line + " ".repeat(live ? erase : 0));
    out.flush();
    drawnLength = line.length();
  }
}
