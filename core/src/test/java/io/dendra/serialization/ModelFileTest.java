package io.dendra.serialization;

import static io.dendra.serialization.TestLayers.drawn;
import static io.dendra.serialization.TestLayers.predictions;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.models.Functional;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Activation;
import io.dendra.nn.layers.BatchNormalization;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Dropout;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.GRU;
import io.dendra.nn.layers.LSTM;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.MaxPooling2D;
import io.dendra.nn.layers.Parameter;
import io.dendra.nn.layers.Reshape;
import io.dendra.nn.regularizers.Regularizers;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileTest {
  @TempDir Path folder;

  @BeforeAll
  static void register() {
    TestLayers.register();
  }

  private Model reread(Model model) {
    Path file = folder.resolve("model.dendra");
    ModelFile.write(file, model, Map.of(), Map.of());
    return ModelFile.read(file).model();
  }

  private static TensorSpec floats(long... dims) {
    return new TensorSpec(Shape.of(dims), DType.FLOAT32);
  }

  private static List<String> paths(List<Parameter> parameters) {
    return parameters.stream().map(Parameter::path).toList();
  }

  private void assertSame(Model model) {
    Model read = reread(model);
    assertThat(read).isNotSameAs(model).hasSameClassAs(model);
    assertThat(paths(read.parameters())).isEqualTo(paths(model.parameters()));
    assertThat(paths(read.trainableParameters())).isEqualTo(paths(model.trainableParameters()));
    assertThat(read.inputSpecs()).isEqualTo(model.inputSpecs());
    assertThat(read.seed()).isEqualTo(5);
    assertThat(predictions(read)).isEqualTo(predictions(model));
  }

  @Test
  void sequentialModelsPredictTheSame() {
    assertSame(drawn(TestLayers.sequential(), floats(8, 2, 3)));
  }

  @Test
  void functionalModelsKeepSharedLayersInputsAndOutputs() {
    Model model = drawn(TestLayers.shared());
    assertSame(model);
    Functional read = (Functional) reread(model);
    assertThat(read.parameters()).hasSize(4);
    assertThat(read.inputs().get(0).name()).isEqualTo("left");
    assertThat(read.outputs()).hasSize(3);
  }

  @Test
  void nestedModelsKeepWhatTheyShareAndWhatIsFrozen() {
    Model model = drawn(TestLayers.nested());
    assertThat(model.trainableParameters()).hasSizeLessThan(model.parameters().size());
    assertSame(model);
    assertThat(reread(model).parameters()).hasSize(8);
  }

  @Test
  void aPartOfAnotherModelIsSavedAsAModel() {
    Functional model = (Functional) drawn(TestLayers.nested());
    Model encoder = (Model) model.layers().get(0);
    assertThat(paths(encoder.parameters())).allMatch(path -> path.contains("tower/"));
    Model read = reread(encoder);
    assertThat(paths(read.parameters())).containsExactly("common/kernel", "common/bias");
    assertThat(predictions(read)).isEqualTo(predictions(encoder));
  }

  @Test
  void settingsOfLayersComeBack() {
    Dense dense =
        new Dense(2, "relu").useBias(false).kernelRegularizer(Regularizers.l1l2(0.5, 0.25));
    Model read = reread(drawn(Sequential.of(dense), floats(1, 4)));
    assertThat(read.layers().get(0).settings()).isEqualTo(dense.settings());
  }

  @Test
  void convolutionsAndMovingMeansComeBack() {
    Model model =
        Sequential.of(
            new Conv2D(3, 3, "relu").padding("same"),
            new BatchNormalization(),
            new MaxPooling2D(2),
            new Dropout(0.5),
            new Flatten(),
            new Dense(2));
    assertSame(drawn(model, floats(1, 6, 6, 2)));
    assertThat(reread(model).parameters()).hasSize(8);
    assertThat(reread(model).trainableParameters()).hasSize(6);
  }

  @Test
  void recurrentLayersComeBack() {
    Model model = Sequential.of(new Reshape(4, 3), new LSTM(5), new Activation("elu"));
    assertSame(drawn(model, floats(1, 12)));
    assertSame(
        drawn(
            Sequential.of(
                new Reshape(4, 3),
                new GRU(5).returnSequences(true),
                new GRU(2).resetAfter(false).goBackwards(true)),
            floats(1, 12)));
  }

  @Test
  void theSameCallWrittenTwice() {
    var in = Input.of(2);
    Dense dense = new Dense(2);
    Model model = Functional.of(List.of(in), List.of(dense.apply(in), dense.apply(in)));
    assertSame(drawn(model));
  }

  @Test
  void aPartLetGoAgainInsideAFrozenModelStaysSo() {
    Functional model = (Functional) drawn(TestLayers.nested());
    model.trainable(false);
    model.trainable(true).layers().get(0).trainable(false);
    Layer encoder = model.layers().get(0);
    encoder.layers().get(1).trainable(true);
    Functional read = (Functional) reread(model);
    assertThat(read.layers().get(0).isTrainable()).isFalse();
    assertThat(read.layers().get(0).layers().get(0).isTrainable()).isFalse();
    assertThat(read.layers().get(0).layers().get(1).isTrainable()).isTrue();
    assertSame(model);
  }

  @Test
  void aModelWithoutWeightsIsSavedToo() {
    assertThat(reread(TestLayers.sequential()).isBuilt()).isFalse();
    Model functional = reread(TestLayers.shared());
    assertThat(functional.parameters()).hasSize(4).noneMatch(Parameter::isInitialized);
  }

  @Test
  void trainingOptimizerAndProvenanceComeBack() {
    Path file = folder.resolve("model.dendra");
    Map<String, Object> training =
        Map.of("epochs", 6L, "compile", Map.of("optimizer", Map.of("name", "adam", "lr", 1e-3)));
    Map<String, NDArray> state =
        Map.of(
            "dense/kernel/m", NDArray.of(new float[] {1, 2}, 1, 2),
            "step", NDArray.of(new long[] {1L << 40}),
            "v", NDArray.wrap(new short[] {1}, DType.BFLOAT16, Shape.of(1)));
    Model model = drawn(TestLayers.sequential(), floats(1, 4));
    ModelFile.write(file, model, training, state, Map.of("data", "sha256:abc"));
    ModelFile.Contents contents = ModelFile.read(file);
    assertThat(contents.training()).isEqualTo(training);
    assertThat(contents.optimizerState()).isEqualTo(state);
    assertThat(contents.provenance())
        .containsKeys("created", "java", "os", "backend")
        .containsEntry("device", "reference")
        .containsEntry("data", "sha256:abc");
  }

  @Test
  void layersOfNoRegisteredClassAreRefusedBeforeAnythingIsWritten() {
    Layer own =
        new Layer() {
          @Override
          protected Tensor call(Tensor x, CallContext context) {
            return x;
          }
        };
    Path file = folder.resolve("model.dendra");
    Model model = Sequential.of(new Dense(1), own.named("own"));
    assertThatThrownBy(() -> ModelFile.write(file, model, Map.of(), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(file + ": layer 'own' is of " + own.getClass().getName())
        .hasMessageContaining("Layers.REGISTRY.kind(");
    assertThat(file).doesNotExist();
  }

  @Test
  void aLambdaAsActivationIsRefusedNamingTheLayer() {
    Path file = folder.resolve("model.dendra");
    Model model = Sequential.of(new Dense(1).activation(x -> x.mul(2)));
    assertThatThrownBy(() -> ModelFile.write(file, model, Map.of(), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("layer 'dense': an activation of one's own cannot be written");
  }

  @Test
  void notANumberInTrainingNamesItsPlaceAndKeepsTheOldFile() {
    Path file = folder.resolve("model.dendra");
    Model model = drawn(TestLayers.sequential(), floats(1, 4));
    ModelFile.write(file, model, Map.of("epochs", 1L), Map.of());
    assertThatThrownBy(() -> ModelFile.write(file, model, Map.of("best", Double.NaN), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("NaN at training.best");
    assertThat(ModelFile.read(file).training()).isEqualTo(Map.of("epochs", 1L));
  }

  @Test
  void placesThatCannotBeWrittenAreKnownBeforeTraining() throws Exception {
    Path below = Files.writeString(folder.resolve("file"), "x").resolve("model.dendra");
    assertThatThrownBy(() -> ModelFile.requireWritable(below))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(below + " cannot be written: ");
    assertThatThrownBy(() -> ModelFile.write(folder, TestLayers.sequential(), Map.of(), Map.of()))
        .isInstanceOf(ModelFileException.class)
        .hasMessage(folder + " cannot be written: it is a folder");
    ModelFile.requireWritable(folder.resolve("model.dendra"));
    assertThat(folder.resolve("model.dendra")).doesNotExist();
  }

  @Test
  void weightsAloneGoIntoAModelOfTheSameStructure() {
    Path file = folder.resolve("weights.safetensors");
    Model model = drawn(TestLayers.shared());
    Weights.write(file, model);
    Model other = TestLayers.shared();
    Weights.read(file, other);
    assertThat(predictions(other)).isEqualTo(predictions(model));
    assertThat(SafeTensors.read(file))
        .containsOnlyKeys("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias");
  }

  @Test
  void weightsThatDoNotFitLeaveTheModelUnchanged() {
    Path file = folder.resolve("weights.safetensors");
    Model model = drawn(Sequential.of(new Dense(2), new Dense(3)), floats(1, 4));
    List<NDArray> before = predictions(model);
    Weights.write(file, drawn(Sequential.of(new Dense(2), new Dense(1)), floats(1, 4)));
    assertThatThrownBy(() -> Weights.read(file, model))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("dense_1/kernel is float32[2, 1], the model's is float32[2, 3]");
    Weights.write(file, drawn(Sequential.of(new Dense(2).named("a")), floats(1, 4)));
    assertThatThrownBy(() -> Weights.read(file, model))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("it lacks dense/kernel, dense/bias")
        .hasMessageContaining("it has a/kernel, a/bias, which the model lacks");
    SafeTensors.write(file, Map.of("dense/kernel", NDArray.zeros(DType.INT32, Shape.of(4, 2))));
    assertThatThrownBy(() -> Weights.read(file, model)).hasMessageContaining("is int32[4, 2]");
    assertThat(predictions(model)).isEqualTo(before);
    Model unbuilt = TestLayers.sequential();
    assertThatThrownBy(() -> Weights.read(file, unbuilt))
        .hasMessageContaining("before it knows the shape of its inputs");
    assertThatThrownBy(() -> Weights.write(file, unbuilt))
        .hasMessageContaining("before it knows the shape of its inputs");
  }

  @Test
  void weightsOfOtherWidthsAreConverted() {
    Path file = folder.resolve("weights.safetensors");
    Model model = drawn(Sequential.of(new Dense(1).useBias(false)), floats(1, 2));
    NDArray halves = NDArray.of(new float[] {0.5f, -2}, 2, 1).as(DType.FLOAT16);
    SafeTensors.write(file, Map.of("dense/kernel", halves));
    Weights.read(file, model);
    assertThat(model.parameters().get(0).value().toNDArray())
        .isEqualTo(NDArray.of(new float[] {0.5f, -2}, 2, 1));
  }

  @Test
  void unusedInputsStay() {
    var used = Input.of(2);
    var unused = Input.of(DType.INT32, 3);
    Model model = Functional.of(List.of(used, unused), List.of(new Dense(1).apply(used)));
    Functional read = (Functional) reread(drawn(model));
    assertThat(read.inputs()).hasSize(2);
    assertThat(read.inputs().get(1).spec()).isEqualTo(unused.spec());
  }
}
