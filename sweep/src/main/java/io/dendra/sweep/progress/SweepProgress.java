package io.dendra.sweep.progress;

import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Shows a sweep as it goes: on a terminal in a few lines drawn over, with the best trial, the time
 * left and what runs where; elsewhere as one line for each trial that ends.
 *
 * <pre>{@code
 * study.optimize(objective, o -> o.trials(100).listener(SweepProgress.lines(System.out)));
 * }</pre>
 */
public final class SweepProgress implements SweepListener {
  private static final long REDRAW_MILLIS = 200;

  private final PrintStream out;
  private final IntSupplier width;
  private final LongSupplier clock;
  private ProgressState state;
  private Thread painter;

  /** How many lines of the last picture are on the screen, above the cursor. */
  private int drawn;

  SweepProgress(PrintStream out, IntSupplier width, LongSupplier clock) {
    this.out = out;
    this.width = width;
    this.clock = clock;
  }

  /** Prints a line for each trial that ends. */
  public static SweepProgress lines(PrintStream out) {
    return new SweepProgress(out, null, System::nanoTime);
  }

  /**
   * Draws on a terminal that knows ANSI sequences.
   *
   * @param width of the terminal, in characters
   */
  public static SweepProgress live(PrintStream out, IntSupplier width) {
    return new SweepProgress(out, width, System::nanoTime);
  }

  @Override
  public synchronized void onSweepBegin(Study study, List<String> slots, int totalTrials) {
    List<TrialRecord> trials = study.trials();
    int before = (int) trials.stream().filter(trial -> trial.state().isFinished()).count();
    state =
        new ProgressState(study.name(), study.directions(), totalTrials, before, clock.getAsLong());
    slots.forEach(state::slot);
    trials.forEach(state::counts);
    if (width != null) {
      painter = new Thread(this::paint, "dendra-sweep-progress");
      painter.setDaemon(true);
      painter.start();
    }
  }

  @Override
  public synchronized void onTrialBegin(Trial trial, String slot) {
    state.begins(trial.number(), slot, clock.getAsLong());
  }

  @Override
  public synchronized void onReport(Trial trial, int step, double value) {
    state.reports(trial.number(), step, value);
  }

  @Override
  public synchronized void onTrialEnd(TrialRecord trial, String slot) {
    state.ends(trial, slot);
    if (width == null) {
      out.println(ProgressText.ended(trial, slot, state));
      out.flush();
    } else if (trial.state() == TrialState.FAIL) {
      draw(ProgressText.ended(trial, slot, state));
    }
  }

  @Override
  public synchronized void onSweepEnd(Study study, Duration elapsed) {
    if (painter != null) {
      painter.interrupt();
      painter = null;
      draw(null);
      drawn = 0;
    }
  }

  private void paint() {
    try {
      while (true) {
        synchronized (this) {
          if (painter != Thread.currentThread()) {
            return;
          }
          draw(null);
        }
        Thread.sleep(REDRAW_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Draws over what was drawn last, in one write and without clearing first, so that nothing
   * flickers.
   *
   * @param above a line that stays above the picture, or null
   */
  synchronized void draw(String above) {
    int columns = Math.max(20, width.getAsInt() - 1);
    StringBuilder text = new StringBuilder();
    if (drawn > 0) {
      text.append("\u001b[").append(drawn).append("A\r");
    }
    if (above != null) {
      text.append(above).append("\u001b[K\n");
    }
    List<String> lines = ProgressText.lines(state, clock.getAsLong(), columns);
    lines.forEach(line -> text.append(line).append("\u001b[K\n"));
    text.append("\u001b[J");
    drawn = lines.size();
    out.print(text);
    out.flush();
  }
}
