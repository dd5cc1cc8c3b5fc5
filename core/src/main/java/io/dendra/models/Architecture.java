package io.dendra.models;

import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Layers;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The structure of a model as plain values that JSON can hold, and the way back; weights are no
 * part of it.
 *
 * <p>A layer is told by its name in {@link Layers#REGISTRY} and its {@link Layer#settings}, a model
 * by its layers and how they are called.
 *
 * <pre>{@code
 * Model copy = Architecture.rebuild(Architecture.describe(model));  // with weights of its own
 * }</pre>
 */
public final class Architecture {
  static final String SEQUENTIAL = "Sequential";
  static final String FUNCTIONAL = "Functional";

  /** The descriptions so far: a layer met again is only referred to. */
  private final IdentityHashMap<Layer, Map<String, Object>> known = new IdentityHashMap<>();

  private long shared;

  private Architecture() {}

  /**
   * The description of a model.
   *
   * @throws IllegalArgumentException when it has a layer of no registered class, or with a setting
   *     that cannot be described, such as a lambda
   */
  public static Map<String, Object> describe(Model model) {
    return new Architecture().layer(model);
  }

  /**
   * A new model of a description, built as the described one was, without weights.
   *
   * @throws IllegalArgumentException when it is none; naming the layer
   */
  public static Model rebuild(Map<String, Object> description) {
    return new ArchitectureReader().model(description);
  }

  private Map<String, Object> layer(Layer layer) {
    Map<String, Object> before = known.get(layer);
    if (before != null) {
      return Map.of("same_as", before.computeIfAbsent("id", key -> shared++));
    }
    Map<String, Object> description = new LinkedHashMap<>();
    known.put(layer, description);
    description.put("class", className(layer));
    if (layer.name() != null) {
      description.put("name", layer.name());
    }
    description.put("trainable", layer.isTrainable());
    if (layer.hasOwnPolicy()) {
      description.put("dtype", layer.policy().name());
    }
    if (layer instanceof Model model) {
      description.put("seed", model.seed());
    }
    if (layer instanceof Functional model) {
      graph(model, description);
    } else {
      if (layer instanceof Sequential) {
        description.put("layers", layer.layers().stream().map(this::layer).toList());
      } else {
        composed(layer, description);
      }
      if (layer.isBuilt()) {
        description.put("built_for", layer.inputSpecs().stream().map(this::spec).toList());
      }
    }
    return description;
  }

  private static String className(Layer layer) {
    if (layer instanceof Sequential) {
      return SEQUENTIAL;
    }
    if (layer instanceof Functional) {
      return FUNCTIONAL;
    }
    String name = Layers.REGISTRY.name(layer);
    if (name == null) {
      throw new IllegalArgumentException(
          "layer '"
              + layer.path()
              + "' is of "
              + layer.getClass().getName()
              + ", which no file can name yet: "
              + register(layer.getClass().getSimpleName())
              + ", or save the weights alone");
    }
    return name;
  }

  static String register(String name) {
    String type = name.isEmpty() ? "MyLayer" : name;
    return "register it first with Layers.REGISTRY.kind(\""
        + type
        + "\", "
        + type
        + ".class, settings -> new "
        + type
        + "(…))";
  }

  /** A layer of a registered class, which may be made of others. */
  private void composed(Layer layer, Map<String, Object> description) {
    Map<String, Object> settings;
    try {
      settings = layer.settings();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("layer '" + layer.path() + "': " + e.getMessage(), e);
    }
    if (!settings.isEmpty()) {
      description.put("settings", settings);
    }
    List<String> frozen = new ArrayList<>();
    parts(layer)
        .forEach((path, part) -> frozen.addAll(part.isTrainable() ? List.of() : List.of(path)));
    if (!frozen.isEmpty()) {
      description.put("frozen_parts", frozen);
    }
    Map<String, Object> types = new LinkedHashMap<>();
    parts(layer)
        .forEach(
            (path, part) -> {
              if (part.hasOwnPolicy()) {
                types.put(path, part.policy().name());
              }
            });
    if (!types.isEmpty()) {
      description.put("part_dtypes", types);
    }
  }

  /** What a layer is made of, at any depth, by path within it. */
  static Map<String, Layer> parts(Layer layer) {
    Map<String, Layer> parts = new LinkedHashMap<>();
    collect(layer, layer.path().length(), parts);
    return parts;
  }

  private static void collect(Layer layer, int prefix, Map<String, Layer> parts) {
    for (Layer part : layer.layers()) {
      String path = part.path();
      parts.put(path.substring(Math.min(path.length(), prefix == 0 ? 0 : prefix + 1)), part);
      collect(part, prefix, parts);
    }
  }

  private void graph(Functional model, Map<String, Object> description) {
    List<Layer> layers = model.layers();
    description.put("layers", layers.stream().map(this::layer).toList());
    List<SymbolicTensor> inputs = model.inputs();
    description.put("inputs", inputs.stream().map(this::input).toList());
    // By equality: the same call of a layer on the same values may have been written twice.
    Map<SymbolicTensor.LayerCall, Integer> numbers = new HashMap<>();
    List<Object> calls = new ArrayList<>();
    for (SymbolicTensor.LayerCall call : model.calls()) {
      Map<String, Object> described = new LinkedHashMap<>();
      described.put("layer", layers.indexOf(call.layer()));
      described.put("inputs", references(call.inputs(), inputs, numbers));
      calls.add(described);
      numbers.put(call, numbers.size());
    }
    description.put("calls", calls);
    description.put("outputs", references(model.outputs(), inputs, numbers));
  }

  private Map<String, Object> input(SymbolicTensor input) {
    Map<String, Object> described = new LinkedHashMap<>();
    if (input.name() != null) {
      described.put("name", input.name());
    }
    described.putAll(spec(input.spec()));
    return described;
  }

  private static List<Object> references(
      List<SymbolicTensor> tensors,
      List<SymbolicTensor> inputs,
      Map<SymbolicTensor.LayerCall, Integer> numbers) {
    List<Object> references = new ArrayList<>();
    for (SymbolicTensor tensor : tensors) {
      references.add(
          tensor.isInput()
              ? Map.of("input", inputs.indexOf(tensor))
              : Map.of("call", numbers.get(tensor.origin()), "output", tensor.output()));
    }
    return references;
  }

  private Map<String, Object> spec(TensorSpec spec) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("dtype", spec.dtype().label());
    described.put(
        "shape",
        Arrays.stream(spec.shape().dims())
            .mapToObj(dim -> dim == Shape.UNKNOWN ? null : dim)
            .toList());
    return described;
  }
}
