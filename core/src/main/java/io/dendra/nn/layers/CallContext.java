package io.dendra.nn.layers;

import io.dendra.autograd.Autograd;
import io.dendra.nn.activations.Activation;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What a layer's call may depend on beside its inputs and weights, and what it leaves for after the
 * step. One context serves one pass through a model, in one thread.
 */
public final class CallContext {
  private final boolean training;
  private final RandomKey key;
  private final UnaryOperator<Tensor> sumOverReplicas;
  private final Map<Parameter, Tensor> updates = new LinkedHashMap<>();
  private final List<Tensor> losses = new ArrayList<>();
  private final IdentityHashMap<Tensor, Activated> activated = new IdentityHashMap<>();
  private final IdentityHashMap<Parameter, Cast> casts = new IdentityHashMap<>();
  private DType computeType = DType.FLOAT32;
  private long draws;

  private CallContext(boolean training, RandomKey key, UnaryOperator<Tensor> sumOverReplicas) {
    this.training = training;
    this.key = key;
    this.sumOverReplicas = sumOverReplicas;
  }

  /** A pass in training, with the key that dropout and the like draw from. */
  public static CallContext training(RandomKey key) {
    return new CallContext(true, key, null);
  }

  /**
   * A pass in training in one of several replicas.
   *
   * @param sumOverReplicas the sum of the tensors that all replicas call it with, in turn
   */
  public static CallContext training(RandomKey key, UnaryOperator<Tensor> sumOverReplicas) {
    return new CallContext(true, key, sumOverReplicas);
  }

  /** A pass for evaluation or prediction. */
  public static CallContext inference() {
    return new CallContext(false, RandomKey.of(0), null);
  }

  /** Whether layers such as dropout and batch normalisation do what they do in training. */
  public boolean isTraining() {
    return training;
  }

  /** Whether other devices go through the model at the same time, each with a part of the batch. */
  public boolean hasReplicas() {
    return sumOverReplicas != null;
  }

  /**
   * The sum of a tensor over all replicas, in each of them; itself where there is one device. All
   * replicas have to call it in the same order. Gradients flow through it.
   */
  public Tensor sumOverReplicas(Tensor x) {
    return sumOverReplicas == null ? x : sumOverReplicas.apply(x);
  }

  /** A key of its own for each draw, the same in each pass with the same key. */
  public RandomKey nextKey() {
    return key.fold(draws++);
  }

  /** The type that the layer being called computes in, by its policy. */
  public DType computeType() {
    return computeType;
  }

  /** Runs the call of a layer that computes in a type. */
  <T> T computingIn(DType type, Supplier<T> call) {
    DType before = computeType;
    computeType = type;
    try {
      return call.get();
    } finally {
      computeType = before;
    }
  }

  /**
   * The values of a weight in the type that the layer being called computes in. Where that is not
   * the type they are kept in they are cast, once for all uses in a pass; gradients flow back to
   * the values that are kept.
   */
  public Tensor weight(Parameter parameter) {
    Tensor kept = parameter.value();
    if (kept.dtype() == computeType || !kept.dtype().isFloating()) {
      return kept;
    }
    Cast cast = casts.get(parameter);
    if (cast == null || !cast.serves(kept, computeType)) {
      cast = new Cast(kept, kept.version(), kept.cast(computeType));
      casts.put(parameter, cast);
    }
    return cast.values;
  }

  /** A weight in another type, and what it was made from. */
  private record Cast(Tensor kept, int version, Tensor values) {
    boolean serves(Tensor wanted, DType type) {
      boolean same = kept == wanted && version == wanted.version() && values.dtype() == type;
      // A scope within a layer may have ended since, or a part of it ran without recording.
      return same
          && !values.isClosed()
          && (values.isTracked() || !wanted.isTracked() || !Autograd.isRecording());
    }
  }

  /**
   * The value a parameter will have after the pass: its value, or that of an {@link #update} that
   * an earlier call of a shared layer asked for.
   */
  public Tensor current(Parameter parameter) {
    Tensor pending = updates.get(parameter);
    return pending != null ? pending : parameter.value();
  }

  /** Asks for a parameter that is not trained, such as a moving mean, to be overwritten. */
  public void update(Parameter parameter, Tensor value) {
    updates.put(parameter, value);
  }

  /** What {@link #update} asked for, by parameter. */
  public Map<Parameter, Tensor> updates() {
    return Collections.unmodifiableMap(updates);
  }

  /** Writes what {@link #update} asked for; to be called when the gradients have been taken. */
  public void applyUpdates() {
    updates.forEach(Parameter::assign);
    updates.clear();
  }

  /**
   * Notes what an activation was given, so that a loss that would undo it can be computed from
   * there: faster, and exact where a probability rounds to 0 or 1.
   */
  public void noteActivation(Tensor result, Activation activation, Tensor given) {
    activated.put(result, new Activated(activation, given));
  }

  /** What an activation was given to give a tensor, or null when another one or none gave it. */
  public Tensor given(Tensor result, Activation activation) {
    Activated source = activated.get(result);
    return source == null || source.activation != activation ? null : source.given;
  }

  private record Activated(Activation activation, Tensor given) {}

  /** Adds a single number to the loss. */
  public void addLoss(Tensor loss) {
    losses.add(loss);
  }

  /** What {@link #addLoss} was given. */
  public List<Tensor> losses() {
    return List.copyOf(losses);
  }
}
