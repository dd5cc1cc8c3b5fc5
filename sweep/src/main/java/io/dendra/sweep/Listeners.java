package io.dendra.sweep;

import io.dendra.backend.DeviceLostException;
import io.dendra.tensor.Device;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners, one call at a time; what they throw is logged, the sweep goes on. */
final class Listeners implements SweepListener {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  private final List<SweepListener> all;

  Listeners(List<SweepListener> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public void onSweepBegin(Study study, List<String> slots, int totalTrials) {
    tell(listener -> listener.onSweepBegin(study, slots, totalTrials));
  }

  @Override
  public void onTrialBegin(Trial trial, String slot) {
    tell(listener -> listener.onTrialBegin(trial, slot));
  }

  @Override
  public void onReport(Trial trial, int step, double value) {
    tell(listener -> listener.onReport(trial, step, value));
  }

  @Override
  public void onTrialEnd(TrialRecord trial, String slot) {
    tell(listener -> listener.onTrialEnd(trial, slot));
  }

  @Override
  public void onDeviceLost(Device device, DeviceLostException cause) {
    tell(listener -> listener.onDeviceLost(device, cause));
  }

  @Override
  public void onSweepEnd(Study study, Duration elapsed) {
    tell(listener -> listener.onSweepEnd(study, elapsed));
  }

  private synchronized void tell(Consumer<SweepListener> call) {
    for (SweepListener listener : all) {
      try {
        call.accept(listener);
      } catch (RuntimeException | Error e) {
        LOG.warn("a listener of the sweep failed", e);
      }
    }
  }
}
