package io.dendra.nn.optimizers;

import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.text.Suggestions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an optimizer keeps for each parameter, by name. It lies beside the parameter: on its device,
 * in its memory order.
 */
final class Slots {
  private final Map<Parameter, Map<String, Tensor>> byParameter = new LinkedHashMap<>();
  private int version;

  /** Counts the times that slots were made or moved. */
  int version() {
    return version;
  }

  /** The slots of a parameter, zeros at first. */
  Map<String, Tensor> of(Parameter parameter, List<String> names) {
    Map<String, Tensor> slots = byParameter.get(parameter);
    if (slots == null) {
      slots = new LinkedHashMap<>();
      for (String name : names) {
        slots.put(name, zerosBeside(parameter.value()));
      }
      byParameter.put(parameter, slots);
      version++;
    } else {
      follow(slots, parameter.value());
    }
    return slots;
  }

  private static Tensor zerosBeside(Tensor weight) {
    Layout layout = Layout.inOrderOf(weight.layout(), weight.shape());
    try (Tensor zeros =
        Tensor.full(weight.shape(), 0, weight.dtype(), weight.device()).withLayout(layout)) {
      return zeros.retained();
    }
  }

  /** Moves slots to where the parameter has been moved, in the type it has been given. */
  private void follow(Map<String, Tensor> slots, Tensor weight) {
    for (Map.Entry<String, Tensor> slot : slots.entrySet()) {
      Tensor there = slot.getValue();
      if (!there.device().equals(weight.device()) || there.dtype() != weight.dtype()) {
        Tensor moved = zerosBeside(weight);
        TensorScope.run(() -> moved.assign(there.cast(weight.dtype())));
        slot.setValue(moved);
        there.close();
        version++;
      }
    }
  }

  private static Tensor beside(Tensor weight, NDArray values) {
    Tensor slot = zerosBeside(weight);
    try (Tensor loaded = Tensor.of(values, weight.device())) {
      slot.assign(loaded);
    }
    return slot;
  }

  void save(Map<String, NDArray> state) {
    byParameter.forEach(
        (parameter, slots) ->
            slots.forEach(
                (name, slot) -> state.put(parameter.path() + "/" + name, slot.toNDArray())));
  }

  /**
   * Takes over what {@link #save} wrote. A parameter of which nothing was saved has none.
   *
   * @throws IllegalArgumentException when anything is missing, left over or of another shape;
   *     nothing has been changed then
   */
  void load(Map<String, NDArray> state, List<Parameter> parameters, List<String> names) {
    Set<String> left = new LinkedHashSet<>(state.keySet());
    Map<Parameter, Map<String, NDArray>> found = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Map<String, NDArray> values = new LinkedHashMap<>();
      for (String name : names) {
        String key = parameter.path() + "/" + name;
        if (left.remove(key)) {
          values.put(name, checked(key, state.get(key), parameter));
        }
      }
      if (!values.isEmpty() && values.size() < names.size()) {
        throw new IllegalArgumentException(
            "the optimizer state of "
                + parameter.path()
                + " has "
                + String.join(", ", values.keySet())
                + ", this optimizer needs "
                + String.join(", ", names)
                + ": it was saved by an optimizer with other settings");
      }
      if (!values.isEmpty()) {
        found.put(parameter, values);
      }
    }
    if (!left.isEmpty()) {
      String first = left.iterator().next();
      Set<String> known = new LinkedHashSet<>();
      parameters.forEach(p -> names.forEach(name -> known.add(p.path() + "/" + name)));
      throw new IllegalArgumentException(
          "the optimizer state has '"
              + first
              + "', for which this model and optimizer have no place"
              + Suggestions.nearest(first, known));
    }
    close();
    found.forEach(
        (parameter, values) -> {
          Map<String, Tensor> slots = new LinkedHashMap<>();
          values.forEach((name, array) -> slots.put(name, beside(parameter.value(), array)));
          byParameter.put(parameter, slots);
        });
  }

  private static NDArray checked(String key, NDArray values, Parameter parameter) {
    if (!values.shape().equals(parameter.shape())) {
      throw new IllegalArgumentException(
          "the optimizer state '"
              + key
              + "' has shape "
              + values.shape()
              + ", the parameter has "
              + parameter.shape());
    }
    if (!parameter.isInitialized()) {
      throw new IllegalStateException(
          "parameter "
              + parameter.path()
              + " has no values yet: initialize or load the model before its optimizer");
    }
    DType dtype = parameter.dtype();
    return values.as(dtype);
  }

  void close() {
    byParameter.values().forEach(slots -> slots.values().forEach(Tensor::close));
    byParameter.clear();
    version++;
  }
}
