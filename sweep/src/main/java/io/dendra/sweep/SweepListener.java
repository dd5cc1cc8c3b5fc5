package io.dendra.sweep;

import io.dendra.backend.DeviceLostException;
import io.dendra.tensor.Device;
import java.time.Duration;
import java.util.List;

/**
 * Is told about a sweep as it goes: for progress, reports, and stopping by {@link Study#stop}.
 * Called by the threads of the workers, one at a time, so what takes long holds them up; what is
 * thrown is logged, and the sweep goes on. All methods do nothing unless overridden.
 */
public interface SweepListener {
  /** Is told nothing. */
  SweepListener NONE = new SweepListener() {};

  /**
   * The sweep begins.
   *
   * @param slots what trials run on, a name each
   * @param totalTrials how many trials the study is to have, or {@code Integer.MAX_VALUE}
   */
  default void onSweepBegin(Study study, List<String> slots, int totalTrials) {}

  /** A trial begins on a slot. */
  default void onTrialBegin(Trial trial, String slot) {}

  /** A trial reports. */
  default void onReport(Trial trial, int step, double value) {}

  /** A trial has ended, or waits again after a failure. */
  default void onTrialEnd(TrialRecord trial, String slot) {}

  /** A device can be used no more; the trials go on with the others. */
  default void onDeviceLost(Device device, DeviceLostException cause) {}

  /** The sweep has ended, also when it was interrupted or failed. */
  default void onSweepEnd(Study study, Duration elapsed) {}
}
