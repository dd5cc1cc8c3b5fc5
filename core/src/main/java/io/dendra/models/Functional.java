package io.dendra.models;

import io.dendra.models.SymbolicTensor.LayerCall;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Layer;
import io.dendra.ops.OpException;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model of layers called on symbolic tensors: several inputs and outputs, shared layers, branches
 * and nested models.
 *
 * <pre>{@code
 * var in = Input.of(28, 28, 1);
 * var x = new Conv2D(32, 3, "relu").apply(in);
 * var y = new Dense(10, "softmax").apply(new Flatten().apply(x));
 * var model = Functional.of(in, y);
 * }</pre>
 */
public final class Functional extends Model {
  private final List<SymbolicTensor> inputs;
  private final List<SymbolicTensor> outputs;
  private final List<LayerCall> calls;

  private Functional(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.calls = inOrder();
    LayerNames names = new LayerNames();
    Map<Layer, Boolean> layers = new LinkedHashMap<>();
    calls.forEach(call -> layers.put(call.layer(), true));
    layers.keySet().forEach(layer -> addLayer(names.next(layer), layer));
    setPath("");
    buildFor(this.inputs.stream().map(SymbolicTensor::spec).toList());
  }

  /** A model with one input and one output. */
  public static Functional of(SymbolicTensor input, SymbolicTensor output) {
    return new Functional(List.of(input), List.of(output));
  }

  /**
   * A model with several inputs or outputs.
   *
   * @throws IllegalArgumentException when an output needs an input that is not given
   */
  public static Functional of(List<SymbolicTensor> inputs, List<SymbolicTensor> outputs) {
    return new Functional(inputs, outputs);
  }

  /** The inputs, in their order. */
  public List<SymbolicTensor> inputs() {
    return inputs;
  }

  /** The outputs, in their order. */
  public List<SymbolicTensor> outputs() {
    return outputs;
  }

  /** The calls, each after those it needs. */
  List<LayerCall> calls() {
    return calls;
  }

  private List<LayerCall> inOrder() {
    for (SymbolicTensor input : inputs) {
      if (!input.isInput()) {
        throw new IllegalArgumentException(
            "a model's inputs come from Input.of, given the result of a layer: " + input);
      }
    }
    Map<LayerCall, Boolean> done = new LinkedHashMap<>();
    ArrayList<LayerCall> open = new ArrayList<>();
    for (SymbolicTensor output : outputs) {
      push(output, done, open);
      // A stack of our own and no recursion: models can be deeper than Java's.
      while (!open.isEmpty()) {
        LayerCall top = open.get(open.size() - 1);
        int before = open.size();
        top.inputs().forEach(input -> push(input, done, open));
        if (open.size() == before) {
          open.remove(before - 1);
          done.put(top, true);
        }
      }
    }
    return List.copyOf(done.keySet());
  }

  private void push(SymbolicTensor tensor, Map<LayerCall, Boolean> done, List<LayerCall> open) {
    if (tensor.isInput()) {
      if (!inputs.contains(tensor)) {
        throw new IllegalArgumentException(
            "the outputs need an input that is not among the model's inputs: " + tensor);
      }
    } else if (!done.containsKey(tensor.origin())) {
      open.add(tensor.origin());
    }
  }

  @Override
  protected boolean castsInputs() {
    return false;
  }

  @Override
  protected void build(List<TensorSpec> specs) {
    // The layers were built as they were called.
  }

  @Override
  protected List<Tensor> call(List<Tensor> values, CallContext context) {
    check(values);
    Map<SymbolicTensor, Tensor> known = new HashMap<>();
    Map<LayerCall, List<Tensor>> results = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      known.put(inputs.get(i), values.get(i));
    }
    for (LayerCall call : calls) {
      List<Tensor> in = new ArrayList<>();
      call.inputs().forEach(input -> in.add(value(input, known, results)));
      results.put(call, call.layer().apply(in, context));
    }
    return outputs.stream().map(output -> value(output, known, results)).toList();
  }

  private static Tensor value(
      SymbolicTensor tensor,
      Map<SymbolicTensor, Tensor> known,
      Map<LayerCall, List<Tensor>> results) {
    return tensor.isInput() ? known.get(tensor) : results.get(tensor.origin()).get(tensor.output());
  }

  private void check(List<Tensor> values) {
    if (values.size() != inputs.size()) {
      throw new OpException("the model has " + inputs.size() + " inputs, given " + values.size());
    }
    for (int i = 0; i < values.size(); i++) {
      Shape expected = inputs.get(i).shape();
      Shape given = values.get(i).shape();
      boolean fits = given.rank() == expected.rank();
      for (int axis = 0; fits && axis < given.rank(); axis++) {
        fits = expected.dim(axis) == Shape.UNKNOWN || expected.dim(axis) == given.dim(axis);
      }
      if (!fits) {
        throw new OpException("input " + i + " takes shape " + expected + ", given " + given);
      }
    }
  }
}
