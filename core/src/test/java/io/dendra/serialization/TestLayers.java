package io.dendra.serialization;

import io.dendra.autograd.Autograd;
import io.dendra.models.Functional;
import io.dendra.models.Input;
import io.dendra.models.Model;
import io.dendra.models.Sequential;
import io.dendra.models.SymbolicTensor;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Layers;
import io.dendra.nn.layers.Parameter;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Layers of one's own, and models of every structure. */
final class TestLayers {
  private TestLayers() {}

  static void register() {
    Layers.REGISTRY.kind("TestSum", Sum.class, settings -> new Sum());
    Layers.REGISTRY.kind("TestHalves", Halves.class, settings -> new Halves());
    Layers.REGISTRY.kind("TestBlock", Block.class, settings -> new Block(settings.getInt("units")));
  }

  /** Several inputs. */
  static final class Sum extends Layer {
    @Override
    protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
      return List.of(inputs.stream().reduce(Tensor::add).orElseThrow());
    }
  }

  /** Several outputs. */
  static final class Halves extends Layer {
    @Override
    protected List<Tensor> call(List<Tensor> inputs, CallContext context) {
      Tensor x = inputs.get(0);
      return List.of(x.mul(0.5), x.mul(-0.5));
    }
  }

  /** A layer of layers. */
  static final class Block extends Layer {
    private final int units;

    Block(int units) {
      this.units = units;
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("units", units);
    }

    @Override
    protected void build(Shape input) {
      addLayer("first", new Dense(units, "tanh"));
      addLayer("second", new Dense(units));
    }

    @Override
    protected Tensor call(Tensor x, CallContext context) {
      Tensor y = x;
      for (Layer part : layers()) {
        y = part.apply(y, context);
      }
      return y;
    }
  }

  static Model sequential() {
    return Sequential.of(
        new Flatten(), new Dense(5, "relu"), new Dense(3, "softmax").useBias(false));
  }

  /** Two inputs, two outputs, a layer called thrice, a layer of two outputs. */
  static Model shared() {
    SymbolicTensor left = Input.of(Shape.of(4), io.dendra.tensor.DType.FLOAT32, "left");
    SymbolicTensor right = Input.of(4);
    Dense both = new Dense(4, "tanh");
    SymbolicTensor sum = new Sum().apply(both.apply(left), both.apply(right));
    List<SymbolicTensor> halves = SymbolicTensor.call(new Halves(), List.of(sum));
    SymbolicTensor first = new Dense(2).apply(halves.get(1));
    return Functional.of(
        List.of(left, right), List.of(first, both.apply(halves.get(0)), halves.get(1)));
  }

  /** Models in models, which share a layer, and a layer of layers, one part of it frozen. */
  static Model nested() {
    Layer common = new Dense(4, "sigmoid").named("common");
    Model encoder = Sequential.of(new Flatten(), common);
    encoder.named("encoder").trainable(false);
    SymbolicTensor inner = Input.of(4);
    Model tower = Functional.of(inner, new Block(4).named("block").apply(common.apply(inner)));
    tower.named("tower");
    SymbolicTensor in = Input.of(2, 2);
    SymbolicTensor code = encoder.apply(in);
    Model model = Functional.of(in, new Dense(3).apply(new Sum().apply(tower.apply(code), code)));
    tower.layers().get(1).layers().get(0).trainable(false);
    return model;
  }

  /** The model with weights drawn. */
  static Model drawn(Model model, TensorSpec... inputs) {
    model.seed(5);
    model.infer(List.of(inputs));
    for (Parameter parameter : model.parameters()) {
      parameter.initialize(RandomKey.of(7).fold("weights"), Device.of("reference"));
    }
    return model;
  }

  static Model drawn(Model model) {
    return drawn(model, model.inputSpecs().toArray(TensorSpec[]::new));
  }

  /** Predictions for inputs that are the same for the same model. */
  static List<NDArray> predictions(Model model) {
    RandomStream random = new RandomStream(RandomKey.of(9));
    List<Tensor> inputs = new ArrayList<>();
    for (TensorSpec spec : model.inputSpecs()) {
      Shape shape = spec.shape().with(0, 3);
      float[] values = new float[(int) shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      inputs.add(Tensor.of(NDArray.of(values, shape.dims())));
    }
    return Autograd.noGrad(() -> model.apply(inputs, CallContext.inference())).stream()
        .map(Tensor::toNDArray)
        .toList();
  }
}
