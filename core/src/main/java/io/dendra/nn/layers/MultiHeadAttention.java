package io.dendra.nn.layers;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.Elementwise;
import io.dendra.ops.NN;
import io.dendra.ops.OpException;
import io.dendra.serialization.Settings;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attention of several heads (A. Vaswani et al., Attention Is All You Need, 2017).
 *
 * <p>Takes query {@code [batch, queries, queryDim]}, value {@code [batch, keys, valuesDim]} and key
 * {@code [batch, keys, keysDim]}, and gives {@code [batch, queries, outputDim]}, the output as wide
 * as the query if {@link #outputShape} says nothing else. The key is the value when not given; one
 * input alone is all three. A last input of booleans {@code [batch, queries, keys]} is false where
 * attention is barred. Weights are the kernels {@code [dim, heads, keyDim]} and biases {@code
 * [heads, keyDim]} of query, key and (with valueDim) value, and those of attention_output, {@code
 * [heads, valueDim, outputDim]} and {@code [outputDim]}.
 *
 * <pre>{@code
 * var x = new MultiHeadAttention(8, 64).useCausalMask(true).apply(sequence, sequence);
 * }</pre>
 */
public final class MultiHeadAttention extends Layer {
  private static final String NAME = "MultiHeadAttention";

  private final int numHeads;
  private final int keyDim;
  private int valueDim;
  private int outputDim;
  private double dropout;
  private boolean useBias = true;
  private boolean useCausalMask;
  private Initializer kernelInitializer = Initializers.GLOROT_UNIFORM;
  private Initializer biasInitializer = Initializers.ZEROS;
  private Regularizer kernelRegularizer;
  private HeadWeights query;
  private HeadWeights key;
  private HeadWeights value;
  private HeadWeights output;

  /**
   * A layer of the given number of heads.
   *
   * @param keyDim the size of each head for query and key, and for value if not said otherwise
   */
  public MultiHeadAttention(int numHeads, int keyDim) {
    this.numHeads = Require.positive(NAME, "num_heads", numHeads);
    this.keyDim = Require.positive(NAME, "key_dim", keyDim);
    this.valueDim = keyDim;
  }

  /** Sets the size of each head for value; that of the key if not given. */
  public MultiHeadAttention valueDim(int size) {
    this.valueDim = Require.positive(NAME, "value_dim", size);
    return this;
  }

  /** Sets the number of features of the output; that of the query if not given. */
  public MultiHeadAttention outputShape(int features) {
    this.outputDim = Require.positive(NAME, "output_shape", features);
    return this;
  }

  /** Sets the part of the attention weights that is dropped in training; none if not given. */
  public MultiHeadAttention dropout(double rate) {
    this.dropout = Require.rate(NAME, rate);
    return this;
  }

  /** Whether biases are added; they are if not said otherwise. */
  public MultiHeadAttention useBias(boolean use) {
    this.useBias = use;
    return this;
  }

  /** Whether each query sees only the keys up to its own place. */
  public MultiHeadAttention useCausalMask(boolean causal) {
    this.useCausalMask = causal;
    return this;
  }

  /** Sets the first values of all kernels; Glorot uniform if not given. */
  public MultiHeadAttention kernelInitializer(Initializer initializer) {
    this.kernelInitializer = Require.given(NAME, "kernel_initializer", initializer);
    return this;
  }

  /** Sets the first values of all biases; zeros if not given. */
  public MultiHeadAttention biasInitializer(Initializer initializer) {
    this.biasInitializer = Require.given(NAME, "bias_initializer", initializer);
    return this;
  }

  /** Adds a penalty on all kernels to the loss. */
  public MultiHeadAttention kernelRegularizer(Regularizer regularizer) {
    this.kernelRegularizer = regularizer;
    return this;
  }

  static MultiHeadAttention from(Settings settings) {
    MultiHeadAttention layer =
        new MultiHeadAttention(settings.getInt("num_heads"), settings.getInt("key_dim"))
            .valueDim(settings.getInt("value_dim"))
            .dropout(settings.getDouble("dropout"))
            .useBias(settings.getBoolean("use_bias"))
            .useCausalMask(settings.getBoolean("use_causal_mask"))
            .kernelInitializer(Initializers.REGISTRY.of(settings.get("kernel_initializer")))
            .biasInitializer(Initializers.REGISTRY.of(settings.get("bias_initializer")))
            .kernelRegularizer(Regularizers.from(settings.get("kernel_regularizer")));
    return settings.has("output_shape")
        ? layer.outputShape(settings.getInt("output_shape"))
        : layer;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("num_heads", numHeads);
    settings.put("key_dim", keyDim);
    settings.put("value_dim", valueDim);
    settings.put("output_shape", outputDim == 0 ? null : outputDim);
    settings.put("dropout", dropout);
    settings.put("use_bias", useBias);
    settings.put("use_causal_mask", useCausalMask);
    settings.put("kernel_initializer", Initializers.REGISTRY.describe(kernelInitializer));
    settings.put("bias_initializer", Initializers.REGISTRY.describe(biasInitializer));
    settings.put("kernel_regularizer", Regularizers.describe(kernelRegularizer));
    return settings;
  }

  /** A kernel and its bias, null without. */
  private record HeadWeights(Parameter kernel, Parameter bias) {}

  private HeadWeights weights(String part, Shape kernel, Shape bias) {
    return new HeadWeights(
        addWeight(part + "/kernel", kernel, kernelInitializer, true, kernelRegularizer),
        useBias ? addWeight(part + "/bias", bias, biasInitializer) : null);
  }

  private HeadWeights projection(String part, Shape input, int size) {
    Require.rank(input, 3, part + " [batch, length, features]");
    long features = Require.known(input, 2);
    return weights(part, Shape.of(features, numHeads, size), Shape.of(numHeads, size));
  }

  @Override
  protected void build(List<TensorSpec> inputs) {
    int count = inputs.size();
    boolean masked = inputs.get(count - 1).dtype() == DType.BOOL;
    List<Shape> shapes =
        inputs.stream().limit(masked ? count - 1 : count).map(TensorSpec::shape).toList();
    requireCount(shapes.size());
    Shape ofQuery = shapes.get(0);
    Shape ofValue = shapes.get(Math.min(1, shapes.size() - 1));
    Shape ofKey = shapes.get(shapes.size() - 1);
    query = projection("query", ofQuery, keyDim);
    key = projection("key", ofKey, keyDim);
    value = projection("value", ofValue, valueDim);
    long width = outputDim == 0 ? ofQuery.dim(2) : outputDim;
    output = weights("attention_output", Shape.of(numHeads, valueDim, width), Shape.of(width));
  }

  private static void requireCount(int inputs) {
    if (inputs < 1 || inputs > 3) {
      throw new OpException(
          "takes query, value and key, of which the last two may be left out, and a boolean mask,"
              + " given "
              + inputs
              + " inputs beside the mask");
    }
  }

  @Override
  protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
    int count = inputs.size();
    Tensor last = inputs.get(count - 1);
    Tensor mask = last.dtype() == DType.BOOL ? last : null;
    List<Tensor> given = mask == null ? inputs : inputs.subList(0, count - 1);
    requireCount(given.size());
    Tensor queries = given.get(0);
    Tensor values = given.get(Math.min(1, given.size() - 1));
    Tensor keys = given.get(given.size() - 1);
    Tensor q = heads("query", queries, query, context);
    Tensor k = heads("key", keys, key, context);
    Tensor v = heads("value", values, value, context);
    if (k.dim(2) != v.dim(2)) {
      throw new OpException(
          "takes as many keys as values, given " + keys.spec() + " and " + values.spec());
    }
    Tensor mixed = attend(q, k, v, allowed(mask, q, k), context);
    return List.of(joined(mixed, context));
  }

  /** {@code [batch, length, features]} to {@code [batch, heads, length, size]}. */
  private Tensor heads(String part, Tensor x, HeadWeights weights, CallContext context) {
    Require.rank(x.shape(), 3, part + " [batch, length, features]");
    Shape kernel = weights.kernel.shape();
    Require.length(x, 2, kernel.dim(0), "features of the " + part);
    long size = kernel.dim(2);
    Tensor y = project(x, weights, kernel.dim(0), numHeads * size, context);
    return y.reshape(x.dim(0), x.dim(1), numHeads, size).permute(0, 2, 1, 3);
  }

  private static Tensor project(
      Tensor x, HeadWeights weights, long from, long to, CallContext context) {
    Tensor matrix = context.weight(weights.kernel).reshape(from, to);
    return weights.bias == null
        ? x.matmul(matrix)
        : NN.linear(x, matrix, context.weight(weights.bias).reshape(to), Epilogue.NONE);
  }

  private Tensor joined(Tensor heads, CallContext context) {
    long size = (long) numHeads * valueDim;
    Tensor rows = heads.permute(0, 2, 1, 3).reshape(heads.dim(0), heads.dim(2), size);
    return project(rows, output, size, output.kernel.shape().dim(2), context);
  }

  private Tensor attend(Tensor q, Tensor k, Tensor v, Tensor mask, CallContext context) {
    double scale = 1 / Math.sqrt(keyDim);
    if (dropout == 0 || !context.isTraining()) {
      return NN.attention(q, k, v, mask, scale);
    }
    Tensor weights = NN.attentionWeights(q, k, mask, scale);
    return NN.dropout(weights, dropout, context.nextKey()).matmul(v);
  }

  /** The mask with the causal one in it, as {@code [batch, 1, queries, keys]}; null for none. */
  private Tensor allowed(Tensor mask, Tensor q, Tensor k) {
    Tensor given = null;
    if (mask != null) {
      Shape expected = Shape.of(q.dim(0), q.dim(2), k.dim(2));
      boolean fits = mask.rank() == 3;
      for (int axis = 0; fits && axis < 3; axis++) {
        fits = mask.dim(axis) == expected.dim(axis) || mask.dim(axis) == 1;
      }
      if (!fits) {
        throw new OpException("takes a mask of shape " + expected + ", given " + mask.spec());
      }
      given = mask.expandDims(1);
    }
    if (!useCausalMask) {
      return given;
    }
    Tensor causal = causal(q, Math.toIntExact(q.dim(2)), Math.toIntExact(k.dim(2)));
    return given == null ? causal : Elementwise.binary(BinaryOp.LOGICAL_AND, given, causal);
  }

  private static Tensor causal(Tensor like, int queries, int keys) {
    if (like.isMeta()) {
      return Tensor.meta(Shape.of(queries, keys), DType.BOOL);
    }
    boolean[] seen = new boolean[queries * keys];
    for (int i = 0; i < queries; i++) {
      Arrays.fill(seen, i * keys, i * keys + Math.min(i + 1, keys), true);
    }
    return Tensor.of(NDArray.of(seen, queries, keys), like.device());
  }
}
