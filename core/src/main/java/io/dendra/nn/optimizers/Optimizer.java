package io.dendra.nn.optimizers;

import io.dendra.autograd.Autograd;
import io.dendra.nn.layers.Parameter;
import io.dendra.ops.StepNumbers;
import io.dendra.serialization.Configured;
import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Changes parameters by their gradients, a step at a time.
 *
 * <p>It keeps what it needs for each parameter until it is closed. One of one's own names these
 * slots and says how a weight changes:
 *
 * <pre>{@code
 * final class Signum extends Optimizer {
 *   Signum(double rate) {
 *     super(rate);
 *   }
 *
 *   @Override
 *   protected List<String> slotNames() {
 *     return List.of("momentum");
 *   }
 *
 *   @Override
 *   protected void update(Step step) {
 *     Tensor m = step.slot("momentum");
 *     m.assign(m.mul(0.9).add(step.gradient().mul(0.1)));
 *     step.weight().assign(step.weight().sub(Elementwise.unary(UnaryOp.SIGN, m).mul(step.rate())));
 *   }
 * }
 * }</pre>
 */
public abstract class Optimizer implements Configured, AutoCloseable {
  private static final String ITERATIONS = "iterations";
  private static final String LEARNING_RATE = "learning_rate";

  private final Slots slots = new Slots();
  private final LearningRateSchedule schedule;
  private double constantRate;
  private double weightDecay;
  private List<String> notDecayed = List.of();
  private Pattern notDecayedPattern;
  private Clipping clipping = new Clipping.None();
  private long iterations;

  /** An optimizer with a learning rate that {@link #setLearningRate} may change. */
  protected Optimizer(double learningRate) {
    this.schedule = null;
    this.constantRate = requireRate(learningRate);
  }

  /** An optimizer with a learning rate that depends on the step. */
  protected Optimizer(LearningRateSchedule schedule) {
    this.schedule = schedule;
  }

  // ---- what an optimizer defines

  /** The names of the tensors kept for each parameter, of its shape, zeros at first. */
  protected List<String> slotNames() {
    return List.of();
  }

  /**
   * Changes one weight and its slots in place, by {@link Tensor#assign}. Runs in a scope of its
   * own, without recording.
   */
  protected abstract void update(Step step);

  /**
   * Changes all weights at once, as {@link #update} would one by one. Runs in a scope of its own,
   * without recording.
   *
   * @return whether it did; if not, nothing has been changed, and {@link #update} is called for
   *     each
   */
  protected boolean updateAll(List<Step> steps) {
    return false;
  }

  /** Whether {@link #update} applies {@link Step#decay} itself; if not, it is applied before. */
  protected boolean decaysInUpdate() {
    return false;
  }

  /**
   * What one weight's update has to go by.
   *
   * @param weight the values to be changed
   * @param gradient of its shape and type and, where possible, its memory order
   * @param slots what is kept for it, by name
   * @param rate the learning rate
   * @param weightDecay the share of the weight to be taken away for each 1 of the learning rate
   * @param number the number of the step, from 1
   */
  protected record Step(
      Tensor weight,
      Tensor gradient,
      Map<String, Tensor> slots,
      double rate,
      double weightDecay,
      long number) {
    /** The share of the weight to be taken away: learning rate times weight decay. */
    public double decay() {
      return rate * weightDecay;
    }

    /** One of the {@link #slotNames}. */
    public Tensor slot(String name) {
      return slots.get(name);
    }

    /** Takes the decay away. */
    public void decayWeight() {
      if (decay() != 0) {
        weight.assign(weight.mul(1 - decay()));
      }
    }
  }

  /** A step like another, with the learning rate and the number that are due now. */
  final Step due(Step step) {
    return new Step(
        step.weight(),
        step.gradient(),
        step.slots(),
        learningRate(),
        step.weightDecay(),
        iterations + 1);
  }

  final boolean hasWeightDecay() {
    return weightDecay != 0;
  }

  // ---- options

  /** Keeps each element of a gradient within {@code ±limit}. Takes the place of other clipping. */
  public Optimizer clipValue(double limit) {
    clipping = new Clipping.ByValue(requireLimit(limit));
    return this;
  }

  /** Scales each gradient to a norm of at most {@code limit}. Takes the place of other clipping. */
  public Optimizer clipNorm(double limit) {
    clipping = new Clipping.ByNorm(requireLimit(limit));
    return this;
  }

  /**
   * Scales all gradients by one factor to a common norm of at most {@code limit} (R. Pascanu et
   * al., 2013). Takes the place of other clipping.
   */
  public Optimizer globalClipNorm(double limit) {
    clipping = new Clipping.ByGlobalNorm(requireLimit(limit));
    return this;
  }

  /**
   * Takes {@code rate · decay · weight} off each weight in each step, whatever the gradient (I.
   * Loshchilov and F. Hutter, Decoupled Weight Decay Regularization, 2019).
   */
  public Optimizer weightDecay(double decay) {
    if (!(decay >= 0)) {
      throw new IllegalArgumentException("weight decay has to be at least 0, given " + decay);
    }
    weightDecay = decay;
    return this;
  }

  /**
   * Spares the parameters in whose path one of the regular expressions is found, such as {@code
   * "bias"}, from weight decay.
   */
  public Optimizer excludeFromWeightDecay(String... paths) {
    notDecayed = List.of(paths);
    notDecayedPattern = paths.length == 0 ? null : Pattern.compile(String.join("|", paths));
    return this;
  }

  private static double requireLimit(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("gradients are clipped to above 0, given " + limit);
    }
    return limit;
  }

  private static double requireRate(double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("a learning rate is at least 0, given " + rate);
    }
    return rate;
  }

  // ---- replay

  /** How a captured training step, whose launches are replayed as they are, can follow. */
  public enum Replay {
    /** All that changes from step to step comes from {@link StepNumbers#varying}. */
    FOLLOWS,
    /** A step depends on nothing that changes but the learning rate. */
    WHILE_RATE_STAYS,
    /** A step depends on the number of the step in ways that captured work cannot follow. */
    NEVER
  }

  /** How captured steps can follow; unless overridden, they cannot. */
  public Replay replay() {
    return Replay.NEVER;
  }

  /** What captured steps cannot follow: when it changes, they have to be captured again. */
  public Object held() {
    return List.of(slots.version(), replay() == Replay.FOLLOWS ? 0.0 : learningRate());
  }

  /** Counts a step that captured work has made. */
  public void stepReplayed() {
    iterations++;
  }

  /** Takes back the count of steps that were captured instead of made. */
  public void stepsUndone(long steps) {
    iterations -= steps;
  }

  // ---- steps

  /** The learning rate of the next step. */
  public double learningRate() {
    return schedule == null ? constantRate : schedule.at(iterations);
  }

  /**
   * Sets the learning rate of the steps to come.
   *
   * @throws IllegalStateException when a schedule gives it
   */
  public void setLearningRate(double rate) {
    if (schedule != null) {
      throw new IllegalStateException(
          "the learning rate comes from a schedule and cannot be set: make the optimizer with a"
              + " number");
    }
    constantRate = requireRate(rate);
  }

  /** Whether a schedule gives the learning rate. */
  public boolean hasSchedule() {
    return schedule != null;
  }

  /** The number of steps made. */
  public long iterations() {
    return iterations;
  }

  /**
   * The loss to take gradients of for {@link #apply}: itself, but for {@link LossScaleOptimizer}.
   */
  public Tensor scaleLoss(Tensor loss) {
    return loss;
  }

  /** The factor of {@link #scaleLoss} now. */
  public double lossScale() {
    return 1;
  }

  /**
   * Makes a step: changes the parameters in place.
   *
   * @param gradients one per parameter, null for a parameter to be left as it is
   * @return whether the step was made; only {@link LossScaleOptimizer} leaves one out
   */
  public boolean apply(List<Parameter> parameters, List<Tensor> gradients) {
    if (parameters.size() != gradients.size()) {
      throw new IllegalArgumentException(
          parameters.size() + " parameters need a gradient each, given " + gradients.size());
    }
    try (TensorScope scope = TensorScope.open("optimizer")) {
      Autograd.noGrad(() -> step(parameters, gradients));
    }
    iterations++;
    return true;
  }

  private void step(List<Parameter> parameters, List<Tensor> gradients) {
    List<String> names = slotNames();
    double rate = learningRate();
    List<Tensor> clipped = clipping.apply(fitting(parameters, gradients));
    List<Parameter> changed = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < clipped.size(); i++) {
      if (clipped.get(i) == null) {
        continue;
      }
      Parameter parameter = parameters.get(i);
      Tensor weight = parameter.value();
      double decay = isDecayed(parameter) ? weightDecay : 0;
      Tensor gradient = inOrderOf(weight, clipped.get(i));
      changed.add(parameter);
      steps.add(
          new Step(weight, gradient, slots.of(parameter, names), rate, decay, iterations + 1));
    }
    if (!decaysInUpdate()) {
      each(changed, steps, Step::decayWeight);
    }
    if (steps.size() < 2 || !updateAll(steps)) {
      each(changed, steps, this::update);
    }
  }

  private static void each(List<Parameter> parameters, List<Step> steps, Consumer<Step> body) {
    for (int i = 0; i < steps.size(); i++) {
      try (TensorScope scope = TensorScope.open(parameters.get(i).path())) {
        body.accept(steps.get(i));
      }
    }
  }

  private boolean isDecayed(Parameter parameter) {
    return weightDecay != 0
        && (notDecayedPattern == null || !notDecayedPattern.matcher(parameter.path()).find());
  }

  private static List<Tensor> fitting(List<Parameter> parameters, List<Tensor> gradients) {
    List<Tensor> fitting = new ArrayList<>(gradients.size());
    for (int i = 0; i < gradients.size(); i++) {
      Tensor gradient = gradients.get(i);
      Parameter parameter = parameters.get(i);
      if (gradient != null && !gradient.shape().equals(parameter.shape())) {
        throw new IllegalArgumentException(
            "the gradient of "
                + parameter.path()
                + " has shape "
                + gradient.shape()
                + ", the parameter has "
                + parameter.shape());
      }
      fitting.add(gradient == null ? null : gradient.cast(parameter.dtype()));
    }
    return fitting;
  }

  /** A kernel goes over all operands in one pass only when they lie in one order. */
  private static Tensor inOrderOf(Tensor weight, Tensor gradient) {
    if (gradient.layout().sameOrder(weight.layout())) {
      return gradient;
    }
    Layout layout = Layout.inOrderOf(weight.layout(), weight.shape());
    Tensor copy = Tensor.allocate(weight.openDevice(), weight.dtype(), layout, "gradient");
    copy.assign(gradient);
    return copy;
  }

  // ---- state

  /**
   * What a training that is to go on later has to keep: the slots by the parameter's path and their
   * name ({@code dense/kernel/momentum}), the number of steps, and the learning rate unless a
   * schedule gives it.
   */
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    state.put(ITERATIONS, NDArray.wrap(new long[] {iterations}, DType.INT64, Shape.scalar()));
    if (schedule == null) {
      state.put(
          LEARNING_RATE, NDArray.wrap(new double[] {constantRate}, DType.FLOAT64, Shape.scalar()));
    }
    slots.save(state);
    return state;
  }

  /**
   * Goes on from a {@link #state}.
   *
   * @param parameters those of the model, with values
   * @throws IllegalArgumentException when the state is not one of this kind of optimizer for these
   *     parameters, naming what is missing, left over or of another shape; nothing is changed then
   */
  public void load(Map<String, NDArray> state, List<Parameter> parameters) {
    Map<String, NDArray> rest = new LinkedHashMap<>(state);
    NDArray steps = rest.remove(ITERATIONS);
    NDArray rate = rest.remove(LEARNING_RATE);
    if (steps == null) {
      throw new IllegalArgumentException(
          "no optimizer state: '" + ITERATIONS + "' is missing, there is " + rest.keySet());
    }
    slots.load(rest, parameters, slotNames());
    iterations = steps.longs()[0];
    if (rate != null && schedule == null) {
      constantRate = rate.doubleAt(0);
    }
  }

  /** Forgets all steps and gives the memory of the slots back. */
  @Override
  public void close() {
    slots.close();
    iterations = 0;
  }

  // ---- settings

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(
        LEARNING_RATE,
        schedule == null ? constantRate : LearningRateSchedules.REGISTRY.describe(schedule));
    settings.put("weight_decay", weightDecay);
    if (!notDecayed.isEmpty()) {
      settings.put("exclude_from_weight_decay", notDecayed);
    }
    if (clipping instanceof Clipping.ByValue by) {
      settings.put("clipvalue", by.limit());
    } else if (clipping instanceof Clipping.ByNorm by) {
      settings.put("clipnorm", by.limit());
    } else if (clipping instanceof Clipping.ByGlobalNorm by) {
      settings.put("global_clipnorm", by.limit());
    }
    return settings;
  }

  /** Sets the options that all optimizers have. */
  void configure(Settings settings) {
    if (settings.has("weight_decay")) {
      weightDecay(settings.getDouble("weight_decay"));
    }
    if (settings.has("exclude_from_weight_decay")) {
      excludeFromWeightDecay(
          settings.getList("exclude_from_weight_decay").stream()
              .map(String::valueOf)
              .toArray(String[]::new));
    }
    if (settings.has("clipvalue")) {
      clipValue(settings.getDouble("clipvalue"));
    }
    if (settings.has("clipnorm")) {
      clipNorm(settings.getDouble("clipnorm"));
    }
    if (settings.has("global_clipnorm")) {
      globalClipNorm(settings.getDouble("global_clipnorm"));
    }
  }
}
