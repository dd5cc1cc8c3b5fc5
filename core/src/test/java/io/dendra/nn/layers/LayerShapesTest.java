package io.dendra.nn.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backends;
import io.dendra.ops.OpException;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes are known before data are, and inputs that do not fit are named. */
class LayerShapesTest {
  private static final long OPEN = Shape.UNKNOWN;

  private static TensorSpec floats(long... sample) {
    return new TensorSpec(Shape.of(sample).prepend(OPEN), DType.FLOAT32);
  }

  private static TensorSpec ints(long... sample) {
    return new TensorSpec(Shape.of(sample).prepend(OPEN), DType.INT32);
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(new Conv2D(8, 3), floats(28, 28, 1), "[?, 26, 26, 8]"),
        Arguments.of(
            new Conv2D(8, 3).strides(2).padding("same"), floats(27, 28, 3), "[?, 14, 14, 8]"),
        Arguments.of(
            new Conv2D(8, 3).dataFormat("channels_first"), floats(3, 10, 12), "[?, 8, 8, 10]"),
        Arguments.of(new Conv2D(8, 3).padding("same"), floats(OPEN, OPEN, 3), "[?, ?, ?, 8]"),
        Arguments.of(new MaxPooling2D(2), floats(7, 8, 3), "[?, 3, 4, 3]"),
        Arguments.of(new AveragePooling2D(2).padding("same"), floats(7, 8, 3), "[?, 4, 4, 3]"),
        Arguments.of(new GlobalAveragePooling2D(), floats(7, 8, 3), "[?, 3]"),
        Arguments.of(new GlobalAveragePooling2D().keepDims(true), floats(7, 8, 3), "[?, 1, 1, 3]"),
        Arguments.of(
            new GlobalAveragePooling2D().dataFormat("channels_first"), floats(3, 7, 8), "[?, 3]"),
        Arguments.of(new Reshape(-1, 4), floats(6, 2), "[?, 3, 4]"),
        Arguments.of(new Reshape(), floats(1), "[?]"),
        Arguments.of(new Flatten(), floats(6, 2), "[?, 12]"),
        Arguments.of(new Dropout(0.5), floats(6, 2), "[?, 6, 2]"),
        Arguments.of(new BatchNormalization(), floats(6, 6, 2), "[?, 6, 6, 2]"),
        Arguments.of(new LayerNormalization(), floats(OPEN, 2), "[?, ?, 2]"),
        Arguments.of(new Embedding(100, 16), ints(20), "[?, 20, 16]"),
        Arguments.of(new LSTM(5), floats(OPEN, 3), "[?, 5]"),
        Arguments.of(new LSTM(5).returnSequences(true), floats(OPEN, 3), "[?, ?, 5]"),
        Arguments.of(new GRU(5), floats(7, 3), "[?, 5]"),
        Arguments.of(new GRU(5).resetAfter(false), floats(OPEN, 3), "[?, 5]"),
        Arguments.of(new GRU(5).returnSequences(true), floats(OPEN, 3), "[?, ?, 5]"),
        Arguments.of(new MultiHeadAttention(2, 3), floats(OPEN, 8), "[?, ?, 8]"),
        Arguments.of(new MultiHeadAttention(2, 3).outputShape(6), floats(4, 8), "[?, 4, 6]"),
        Arguments.of(new Rescaling(2), ints(4), "[?, 4]"));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void areKnownBeforeData(Layer layer, TensorSpec input, String expected) {
    TensorSpec output = layer.infer(List.of(input)).get(0);
    assertThat(output.shape().toString()).isEqualTo(expected);
    assertThat(output.dtype()).isEqualTo(DType.FLOAT32);
  }

  @Test
  void theStatesOfAnLstmAreOutputsToo() {
    Layer layer = new LSTM(5).returnSequences(true).returnState(true);
    List<TensorSpec> outputs = layer.infer(List.of(floats(7, 3), floats(5), floats(5)));
    assertThat(outputs.stream().map(spec -> spec.shape().toString()))
        .containsExactly("[?, 7, 5]", "[?, 5]", "[?, 5]");
  }

  @Test
  void theStateOfAGruIsAnOutputToo() {
    Layer layer = new GRU(5).returnSequences(true).returnState(true);
    List<TensorSpec> outputs = layer.infer(List.of(floats(7, 3), floats(5)));
    assertThat(outputs.stream().map(spec -> spec.shape().toString()))
        .containsExactly("[?, 7, 5]", "[?, 5]");
  }

  static Stream<Arguments> misfits() {
    return Stream.of(
        Arguments.of(
            new Conv2D(8, 3),
            List.of(floats(28, 28)),
            "takes [batch, height, width, channels], given shape [?, 28, 28]"),
        Arguments.of(
            new Conv2D(4, 3).groups(2),
            List.of(floats(8, 8, 3)),
            "needs a number of channels that its 2 groups divide, given 3"),
        Arguments.of(
            new Conv2D(4, 3),
            List.of(floats(8, 8, OPEN)),
            "needs the length of axis 3 to make its weights, given shape [?, 8, 8, ?]"),
        Arguments.of(
            new Conv2D(4, 5), List.of(floats(4, 4, 3)), "does not fit in a dimension of 4"),
        Arguments.of(
            new MaxPooling2D(2).dataFormat("channels_first"),
            List.of(floats(8, 8)),
            "takes [batch, channels, height, width], given shape [?, 8, 8]"),
        Arguments.of(
            new Reshape(4, 4),
            List.of(floats(5, 3)),
            "samples of shape [5, 3] have 15 elements, which do not fit the shape [4, 4]"),
        Arguments.of(new BatchNormalization(), List.of(floats()), "of 2 to 5 dimensions"),
        Arguments.of(new Embedding(10, 4), List.of(floats(3)), "takes int32 or int64 from 0 to 9"),
        Arguments.of(new LSTM(4), List.of(floats(3)), "takes [batch, time, features]"),
        Arguments.of(
            new LSTM(4),
            List.of(floats(3, 2), floats(4)),
            "takes a sequence, or a sequence with the first output and cell state, given 2"),
        Arguments.of(
            new LSTM(4),
            List.of(floats(3, 2), floats(4), floats(5)),
            "takes first states of shape [?, 4]"),
        Arguments.of(new GRU(4), List.of(floats(3)), "takes [batch, time, features]"),
        Arguments.of(
            new GRU(4), List.of(floats(0, 3)), "takes sequences of at least one step, given"),
        Arguments.of(
            new GRU(4),
            List.of(floats(3, 2), floats(4), floats(4)),
            "takes a sequence, or a sequence with the first output, given 3"),
        Arguments.of(
            new GRU(4),
            List.of(floats(3, 2), floats(5)),
            "takes first states of shape [?, 4], given"),
        Arguments.of(
            new MultiHeadAttention(2, 3),
            List.of(floats(5)),
            "takes query [batch, length, features]"),
        Arguments.of(
            new MultiHeadAttention(2, 3),
            List.of(floats(5, 4), floats(6, 4), floats(7, 4)),
            "takes as many keys as values"),
        Arguments.of(
            new MultiHeadAttention(2, 3),
            List.of(floats(5, 4), new TensorSpec(Shape.of(OPEN, 4, 5), DType.BOOL)),
            "takes a mask of shape [?, 5, 5]"),
        Arguments.of(new Concatenate(), List.of(floats(5, 4), floats(6, 4)), "concatenate of"),
        Arguments.of(new Add(), List.of(floats(5), floats(6)), "do not broadcast"),
        Arguments.of(new Dropout(0.5), List.of(floats(5), floats(5)), "takes one input, given 2"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void inputsThatDoNotFitAreErrorsThatNameTheLayer(
      Layer layer, List<TensorSpec> inputs, String message) {
    layer.named("here");
    assertThatThrownBy(() -> layer.infer(inputs))
        .isInstanceOf(OpException.class)
        .hasMessageStartingWith("in layer here: ")
        .hasMessageContaining(message);
  }

  @Test
  void aBuiltLayerRefusesAnotherNumberOfChannels() {
    Layer layer = new Conv2D(4, 3);
    layer.infer(List.of(floats(8, 8, 3)));
    assertThatThrownBy(() -> layer.infer(List.of(floats(8, 8, 1))))
        .hasMessageStartingWith("in layer conv2d: was built for 3 channels, given 1 in");
  }

  @Test
  void wordsOutOfRangeAreErrors() {
    // A device that works ahead notices later, when nobody can tell the layer any more.
    Backends.use(Device.of("reference"), LayerShapesTest::lookUpWordsOutOfRange);
  }

  private static void lookUpWordsOutOfRange() {
    try (Layer layer = new Embedding(3, 2)) {
      layer.infer(List.of(ints(1)));
      layer.parameters().get(0).assign(io.dendra.tensor.NDArray.of(new float[6], 3, 2));
      assertThatThrownBy(() -> layer.apply(Tensor.of(new int[] {3}, 1, 1), CallContext.inference()))
          .hasMessageContaining("in layer embedding")
          .hasMessageContaining("out of range");
    }
  }
}
