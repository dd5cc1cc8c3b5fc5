package io.dendra.nn.optimizers;

import io.dendra.serialization.Registry;
import io.dendra.serialization.Settings;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** The optimizers by name, as Keras has them. A name gives a new optimizer each time. */
public final class Optimizers {
  /** All of them, and those that users add. */
  public static final Registry<Optimizer> REGISTRY =
      new Registry<Optimizer>("optimizer")
          .kind("sgd", SGD.class, Optimizers::sgd)
          .kind("rmsprop", RMSprop.class, Optimizers::rmsprop)
          .kind("adam", Adam.class, Optimizers::adam)
          .kind("adamw", AdamW.class, Optimizers::adamW)
          .kind(LossScaleOptimizer.NAME, LossScaleOptimizer.class, LossScaleOptimizer::from);

  private Optimizers() {}

  /**
   * A new optimizer of a name, with default settings.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static Optimizer of(String name) {
    return REGISTRY.of(name);
  }

  private static <O extends Optimizer> O make(
      Settings settings,
      double defaultRate,
      DoubleFunction<O> withRate,
      Function<LearningRateSchedule, O> withSchedule) {
    Object rate = settings.get("learning_rate");
    O optimizer;
    if (rate == null) {
      optimizer = withRate.apply(defaultRate);
    } else if (rate instanceof Number) {
      optimizer = withRate.apply(settings.getDouble("learning_rate"));
    } else {
      optimizer = withSchedule.apply(LearningRateSchedules.REGISTRY.of(rate));
    }
    optimizer.configure(settings);
    return optimizer;
  }

  private static SGD sgd(Settings settings) {
    SGD sgd = make(settings, 0.01, SGD::new, SGD::new);
    if (settings.has("momentum")) {
      sgd.momentum(settings.getDouble("momentum"));
    }
    return sgd.nesterov(settings.has("nesterov") && settings.getBoolean("nesterov"));
  }

  private static RMSprop rmsprop(Settings settings) {
    RMSprop rmsprop = make(settings, 0.001, RMSprop::new, RMSprop::new);
    if (settings.has("rho")) {
      rmsprop.rho(settings.getDouble("rho"));
    }
    if (settings.has("momentum")) {
      rmsprop.momentum(settings.getDouble("momentum"));
    }
    if (settings.has("epsilon")) {
      rmsprop.epsilon(settings.getDouble("epsilon"));
    }
    return rmsprop.centered(settings.has("centered") && settings.getBoolean("centered"));
  }

  private static Adam adam(Settings settings) {
    Adam adam = make(settings, 0.001, Adam::new, Adam::new);
    adam.configureRule(settings);
    return adam;
  }

  private static AdamW adamW(Settings settings) {
    AdamW adamW = make(settings, 0.001, AdamW::new, AdamW::new);
    adamW.configureRule(settings);
    return adamW;
  }
}
