package io.dendra.nn.optimizers;

import io.dendra.serialization.Registry;

/** The learning rate schedules by class name, for reading optimizers from files. */
public final class LearningRateSchedules {
  /** All of them, and those that users add. */
  public static final Registry<LearningRateSchedule> REGISTRY =
      new Registry<LearningRateSchedule>("learning rate schedule")
          .kind("ExponentialDecay", ExponentialDecay.class, ExponentialDecay::from)
          .kind("CosineDecay", CosineDecay.class, CosineDecay::from);

  private LearningRateSchedules() {}
}
