package io.dendra.nn.layers;

import io.dendra.nn.initializers.Initializer;
import io.dendra.nn.initializers.Initializers;
import io.dendra.nn.regularizers.Regularizer;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.ops.Indexing;
import io.dendra.ops.OpException;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A learned vector for each of a number of words: {@code [batch, ...]} whole numbers to {@code
 * [batch, ..., outputDim]}.
 *
 * <p>The numbers are int32 or int64, from 0 to before {@code inputDim}. The weight is embeddings,
 * {@code [inputDim, outputDim]}.
 */
public final class Embedding extends Layer {
  private static final String NAME = "Embedding";

  private final int inputDim;
  private final int outputDim;
  private Initializer embeddingsInitializer = Initializers.randomUniform(-0.05, 0.05);
  private Regularizer embeddingsRegularizer;
  private Parameter embeddings;

  /** A table of {@code inputDim} vectors of length {@code outputDim}. */
  public Embedding(int inputDim, int outputDim) {
    this.inputDim = Require.positive(NAME, "input_dim", inputDim);
    this.outputDim = Require.positive(NAME, "output_dim", outputDim);
  }

  /** Sets the first values of the vectors; uniform within ±0.05 if not given. */
  public Embedding embeddingsInitializer(Initializer initializer) {
    this.embeddingsInitializer = Require.given(NAME, "embeddings_initializer", initializer);
    return this;
  }

  /** Adds a penalty on the vectors to the loss. */
  public Embedding embeddingsRegularizer(Regularizer regularizer) {
    this.embeddingsRegularizer = regularizer;
    return this;
  }

  static Embedding from(Settings settings) {
    return new Embedding(settings.getInt("input_dim"), settings.getInt("output_dim"))
        .embeddingsInitializer(Initializers.REGISTRY.of(settings.get("embeddings_initializer")))
        .embeddingsRegularizer(Regularizers.from(settings.get("embeddings_regularizer")));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("input_dim", inputDim);
    settings.put("output_dim", outputDim);
    settings.put("embeddings_initializer", Initializers.REGISTRY.describe(embeddingsInitializer));
    settings.put("embeddings_regularizer", Regularizers.describe(embeddingsRegularizer));
    return settings;
  }

  /** What is no integer is reported as it came. */
  @Override
  protected boolean castsInputs() {
    return false;
  }

  @Override
  protected void build(Shape input) {
    Shape shape = Shape.of(inputDim, outputDim);
    embeddings = addWeight("embeddings", shape, embeddingsInitializer, true, embeddingsRegularizer);
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    if (!x.dtype().isInteger()) {
      throw new OpException(
          "takes int32 or int64 from 0 to "
              + (inputDim - 1)
              + ", given "
              + x.spec()
              + ": declare the input as int32 or cast the data");
    }
    // The vectors that are asked for, not the table.
    return Indexing.gather(embeddings.value(), x, 0).cast(context.computeType());
  }
}
