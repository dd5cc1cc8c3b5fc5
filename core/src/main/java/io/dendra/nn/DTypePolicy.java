package io.dendra.nn;

import io.dendra.tensor.DType;
import io.dendra.text.Suggestions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * In which types a layer keeps its weights and computes.
 *
 * <p>The mixed policies keep weights in float32 and compute in 16 bits, which halves the memory of
 * activations and is several times as fast on hardware that multiplies 16-bit matrices (P.
 * Micikevicius et al., Mixed Precision Training, 2018). What needs it stays in float32: softmax,
 * normalisation and its statistics, LSTM and GRU cells, means, losses, metrics, optimizers.
 *
 * <pre>{@code
 * model.dtype("mixed_bfloat16");                       // the whole model
 * new Dense(10, "softmax").dtype("float32")            // one layer, whatever its model has
 * }</pre>
 *
 * <p>A policy belongs to a model or a layer and is saved with it; there is no global one.
 *
 * @param variable the type of the weights
 * @param compute the type that inputs and weights are cast to for a layer's computation, and that
 *     its results have
 */
public record DTypePolicy(DType variable, DType compute) {
  /** Everything in float32: what a layer has that was given no policy. */
  public static final DTypePolicy FLOAT32 = new DTypePolicy(DType.FLOAT32, DType.FLOAT32);

  /** Everything in float64. */
  public static final DTypePolicy FLOAT64 = new DTypePolicy(DType.FLOAT64, DType.FLOAT64);

  /** Weights in float32, computation in float16; training scales the loss. */
  public static final DTypePolicy MIXED_FLOAT16 = new DTypePolicy(DType.FLOAT32, DType.FLOAT16);

  /** Weights in float32, computation in bfloat16. */
  public static final DTypePolicy MIXED_BFLOAT16 = new DTypePolicy(DType.FLOAT32, DType.BFLOAT16);

  private static final String MIXED = "mixed_";

  /**
   * Checks the types.
   *
   * @throws IllegalArgumentException when they are no floats, or differ and are not float32 weights
   *     for 16-bit computation
   */
  public DTypePolicy {
    boolean mixed = variable == DType.FLOAT32 && compute.isHalf();
    if (!mixed && !(variable == compute && variable.isFloating())) {
      throw new IllegalArgumentException(
          "a layer with weights of "
              + variable.label()
              + " cannot compute in "
              + compute.label()
              + ": the types are one float type, or float32 and a 16-bit float");
    }
  }

  /**
   * The policy of a name: {@code mixed_float16}, {@code mixed_bfloat16}, {@code float32}, {@code
   * float64}, {@code float16} or {@code bfloat16}.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public static DTypePolicy of(String name) {
    Map<String, DTypePolicy> known = known();
    DTypePolicy policy = known.get(name);
    if (policy == null) {
      for (DType dtype : DType.values()) {
        if (!dtype.isFloating() && (name.equals(dtype.label()) || name.equals(mixed(dtype)))) {
          throw new IllegalArgumentException(
              "a layer cannot compute in " + dtype.label() + ": there is " + known.keySet());
        }
      }
      throw new IllegalArgumentException(
          "no dtype policy '"
              + name
              + "': there is "
              + known.keySet()
              + Suggestions.nearest(name, known.keySet()));
    }
    return policy;
  }

  private static Map<String, DTypePolicy> known() {
    Map<String, DTypePolicy> known = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      if (dtype.isHalf()) {
        known.put(mixed(dtype), new DTypePolicy(DType.FLOAT32, dtype));
      }
    }
    for (DType dtype : DType.values()) {
      if (dtype.isFloating()) {
        known.put(dtype.label(), new DTypePolicy(dtype, dtype));
      }
    }
    return known;
  }

  private static String mixed(DType dtype) {
    return MIXED + dtype.label();
  }

  /** The name, as Keras writes it. */
  public String name() {
    return variable == compute ? compute.label() : mixed(compute);
  }

  /** The name. */
  @Override
  public String toString() {
    return name();
  }
}
