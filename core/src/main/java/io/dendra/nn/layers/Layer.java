package io.dendra.nn.layers;

import io.dendra.autograd.Autograd;
import io.dendra.backend.BackendException;
import io.dendra.backend.Backends;
import io.dendra.models.SymbolicTensor;
import io.dendra.nn.DTypePolicy;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.ops.OpException;
import io.dendra.serialization.Configured;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a network: weights, and what is computed with them.
 *
 * <p>A layer of one's own makes its weights in {@link #build} and computes in {@link #call}:
 *
 * <pre>{@code
 * final class Scale extends Layer {
 *   private Parameter factor;
 *
 *   @Override
 *   protected void build(Shape input) {
 *     factor = addWeight("factor", Shape.of(input.dim(-1)), Initializers.ONES);
 *   }
 *
 *   @Override
 *   protected Tensor call(Tensor x, CallContext context) {
 *     return x.mul(context.weight(factor));
 *   }
 * }
 * }</pre>
 *
 * <p>The shape of the result needs no method: it is found by running {@code call} on tensors
 * without values. Layers with several inputs or outputs override the methods that take lists.
 */
public abstract class Layer implements AutoCloseable, Configured {
  private String name;
  private String path;
  private boolean trainable = true;
  private DTypePolicy policy = DTypePolicy.FLOAT32;
  private boolean ownPolicy;
  private List<TensorSpec> builtFor;
  private final List<Parameter> weights = new ArrayList<>();
  private final Map<String, Layer> children = new LinkedHashMap<>();
  private long changes;

  /** A layer without weights yet. */
  protected Layer() {
    // The first step of a program waits for the backend, which can start while the model is made.
    Backends.prepare();
  }

  // ---- what a layer defines

  /**
   * Makes the weights, by {@link #addWeight}.
   *
   * @param input {@code [batch, ...]}, the batch size unknown
   */
  protected void build(Shape input) {}

  /** Makes the weights of a layer with several inputs. */
  protected void build(List<TensorSpec> inputs) {
    build(inputs.get(0).shape());
  }

  /** Computes the result of one input. */
  protected Tensor call(Tensor x, CallContext context) {
    throw new IllegalStateException(
        getClass().getName() + " has to override call(Tensor, CallContext) or its form with lists");
  }

  /** Computes the results of several inputs. */
  protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
    if (inputs.size() != 1) {
      throw new OpException(
          getClass().getSimpleName() + " takes one input, given " + inputs.size());
    }
    return List.of(call(inputs.get(0), context));
  }

  /**
   * What a file has to hold to make the layer again, beside its class and name; see {@link
   * Layers#REGISTRY}. A layer without settings of its own needs none.
   */
  @Override
  public Map<String, Object> settings() {
    return Map.of();
  }

  // ---- names

  /** Gives it a name, which is part of the names of its weights. To be called before it is used. */
  public Layer named(String layerName) {
    if (layerName.isEmpty() || layerName.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "a layer's name is not empty and has no '/', given '" + layerName + "'");
    }
    this.name = layerName;
    return this;
  }

  /** Its name within its model, null before it has one. */
  public String name() {
    return name;
  }

  /** Its name with those of the models and layers around it; its class before it has one. */
  public String path() {
    return path != null ? path : name != null ? name : defaultName();
  }

  /** The class name as Keras writes it: {@code max_pooling2d}; that of a class without is layer. */
  public String defaultName() {
    if (getClass().isAnonymousClass()) {
      return "layer";
    }
    return getClass()
        .getSimpleName()
        .replaceAll("([a-z0-9])([A-Z][a-z])", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(java.util.Locale.ROOT);
  }

  /** Tells it where it is; for the model or layer around it. */
  public void setPath(String fullPath) {
    this.path = fullPath;
    weights.forEach(
        weight ->
            weight.setPath(fullPath.isEmpty() ? weight.name() : fullPath + "/" + weight.name()));
    children.forEach(
        (child, layer) -> layer.setPath(fullPath.isEmpty() ? child : fullPath + "/" + child));
  }

  // ---- weights

  /** Adds a weight that is trained. */
  protected Parameter addWeight(String weightName, Shape shape, Initializer initializer) {
    return addWeight(weightName, shape, initializer, true, null);
  }

  /** Adds a weight. */
  protected Parameter addWeight(
      String weightName,
      Shape shape,
      Initializer initializer,
      boolean trained,
      Regularizer regularizer) {
    TensorSpec spec = new TensorSpec(shape, policy.variable());
    Parameter weight = new Parameter(weightName, spec, initializer, trained, regularizer);
    weight.setPath(path().isEmpty() ? weightName : path() + "/" + weightName);
    weights.add(weight);
    changes++;
    return weight;
  }

  /** Adds a layer that this one is made of, whose weights are then its own too. */
  protected <L extends Layer> L addLayer(String layerName, L layer) {
    if (children.putIfAbsent(layerName, layer) != null) {
      throw new IllegalArgumentException(
          "layer " + path() + " has two parts named '" + layerName + "': name one differently");
    }
    layer.setPath(path().isEmpty() ? layerName : path() + "/" + layerName);
    if (!trainable) {
      layer.trainable(false);
    }
    hand(policy, layer);
    return layer;
  }

  /** The layers this one is made of, in the order they were added. */
  public List<Layer> layers() {
    return List.copyOf(children.values());
  }

  /** All its weights and those of its parts, each once. */
  public List<Parameter> parameters() {
    Map<Parameter, Boolean> all = new LinkedHashMap<>();
    collect(all);
    return List.copyOf(all.keySet());
  }

  private void collect(Map<Parameter, Boolean> all) {
    weights.forEach(weight -> all.put(weight, true));
    children.values().forEach(child -> child.collect(all));
  }

  /** The weights that an optimizer may change: none of a layer that is frozen. */
  public List<Parameter> trainableParameters() {
    Map<Parameter, Boolean> all = new LinkedHashMap<>();
    collectTrainable(all);
    return List.copyOf(all.keySet());
  }

  private void collectTrainable(Map<Parameter, Boolean> all) {
    if (trainable) {
      weights.stream().filter(Parameter::isTrainable).forEach(weight -> all.put(weight, true));
      children.values().forEach(child -> child.collectTrainable(all));
    }
  }

  /**
   * A number that grows whenever weights come to it or its parts, or are frozen or no longer so:
   * while it stays, {@link #parameters} and {@link #trainableParameters} do.
   */
  public long revision() {
    long sum = changes;
    for (Layer child : children.values()) {
      sum += child.revision();
    }
    return sum;
  }

  /** Freezes the layer and its parts, or lets them be trained again. */
  public Layer trainable(boolean mayTrain) {
    this.trainable = mayTrain;
    changes++;
    children.values().forEach(child -> child.trainable(mayTrain));
    return this;
  }

  /** Whether it may be trained. */
  public boolean isTrainable() {
    return trainable;
  }

  // ---- types

  /** Sets the types of its weights and its computation by name; see {@link #dtype(DTypePolicy)}. */
  public Layer dtype(String policyName) {
    return dtype(DTypePolicy.of(policyName));
  }

  /**
   * Sets the types of its weights and its computation: float32 if not given. Layers it is made of,
   * such as those of a model, take it over unless they were given one of their own.
   *
   * <p>Inputs that are floats are cast to the type of computation before {@link #call}, and {@link
   * CallContext#weight} gives weights in it. Weights that are there already are converted, so a
   * policy is set before training.
   */
  public Layer dtype(DTypePolicy types) {
    ownPolicy = true;
    take(types);
    return this;
  }

  private void take(DTypePolicy types) {
    policy = types;
    weights.forEach(weight -> weight.as(types.variable()));
    children.values().forEach(child -> hand(types, child));
  }

  private static void hand(DTypePolicy types, Layer child) {
    if (!child.ownPolicy) {
      child.take(types);
    }
  }

  /** The types of its weights and its computation. */
  public DTypePolicy policy() {
    return policy;
  }

  /** Whether its types were set for it, rather than for a model or layer around it. */
  public boolean hasOwnPolicy() {
    return ownPolicy;
  }

  /** Whether it, or a layer it is made of, computes in a type. */
  public boolean computesIn(DType dtype) {
    return policy.compute() == dtype
        || children.values().stream().anyMatch(child -> child.computesIn(dtype));
  }

  /**
   * Whether inputs that are floats are cast to its type of computation. Not by models that only
   * pass them on, so that the first layer gets them as they are.
   */
  protected boolean castsInputs() {
    return true;
  }

  private List<Tensor> inComputeType(List<Tensor> inputs) {
    if (!castsInputs()) {
      return inputs;
    }
    List<Tensor> cast = new ArrayList<>(inputs.size());
    for (Tensor input : inputs) {
      cast.add(input.dtype().isFloating() ? input.cast(policy.compute()) : input);
    }
    return cast;
  }

  // ---- use

  /** Whether its weights have been made. */
  public boolean isBuilt() {
    return builtFor != null;
  }

  /** What its inputs were when it was built, the batch size unknown; null before. */
  public List<TensorSpec> inputSpecs() {
    return builtFor;
  }

  /** Makes the weights if that has not been done. */
  public void buildFor(List<TensorSpec> inputs) {
    if (builtFor == null) {
      List<TensorSpec> open =
          inputs.stream()
              .map(
                  spec ->
                      spec.shape().rank() == 0
                          ? spec
                          : new TensorSpec(spec.shape().with(0, Shape.UNKNOWN), spec.dtype()))
              .toList();
      located(
          () -> {
            build(open);
            return null;
          });
      builtFor = open;
    }
  }

  /** Calls it in a functional model. */
  public SymbolicTensor apply(SymbolicTensor... inputs) {
    return SymbolicTensor.call(this, List.of(inputs)).get(0);
  }

  /** Calls it on a tensor. */
  public Tensor apply(Tensor x, CallContext context) {
    return apply(List.of(x), context).get(0);
  }

  /**
   * Calls it on tensors, building it first if need be.
   *
   * @throws OpException when the inputs do not fit, naming the path of the layer
   */
  public List<Tensor> apply(List<Tensor> inputs, CallContext context) {
    if (builtFor == null) {
      buildFor(inputs.stream().map(Tensor::spec).toList());
    }
    return located(
        () -> context.computingIn(policy.compute(), () -> call(inComputeType(inputs), context)));
  }

  /** Runs with the path of this layer in errors that name none yet. */
  private <T> T located(java.util.function.Supplier<T> body) {
    try {
      return body.get();
    } catch (OpException e) {
      throw e.in(path());
    } catch (BackendException e) {
      throw e.in(path());
    } catch (IllegalArgumentException e) {
      throw new OpException(e.getMessage(), e).in(path());
    }
  }

  /**
   * Shapes and types of the results for inputs of the given ones, building it first if need be.
   *
   * <p>An unknown length is tried as two different numbers; what differs in the results is unknown
   * there too.
   */
  public List<TensorSpec> infer(List<TensorSpec> inputs) {
    buildFor(inputs);
    List<TensorSpec> some = tried(inputs, 83);
    if (inputs.stream().allMatch(spec -> spec.shape().isConcrete())) {
      return some;
    }
    List<TensorSpec> others = tried(inputs, 89);
    List<TensorSpec> merged = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      Shape shape = some.get(i).shape();
      for (int axis = 0; axis < shape.rank(); axis++) {
        if (shape.dim(axis) != others.get(i).shape().dim(axis)) {
          shape = shape.with(axis, Shape.UNKNOWN);
        }
      }
      merged.add(new TensorSpec(shape, some.get(i).dtype()));
    }
    return merged;
  }

  private List<TensorSpec> tried(List<TensorSpec> inputs, long unknown) {
    List<Tensor> meta = new ArrayList<>();
    for (TensorSpec spec : inputs) {
      Shape shape = spec.shape();
      for (int axis = 0; axis < shape.rank(); axis++) {
        if (shape.dim(axis) == Shape.UNKNOWN) {
          shape = shape.with(axis, unknown);
        }
      }
      meta.add(Tensor.meta(shape, spec.dtype()));
    }
    try {
      return Autograd.noGrad(() -> apply(meta, CallContext.inference())).stream()
          .map(Tensor::spec)
          .toList();
    } catch (OpException e) {
      // The user never chose that batch size.
      throw e.reworded(text -> text.replaceAll("\\[" + unknown + "(?=[,\\]])", "[?"));
    }
  }

  /** Gives the memory of all weights back. */
  @Override
  public void close() {
    parameters().forEach(Parameter::close);
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + " " + path();
  }
}
