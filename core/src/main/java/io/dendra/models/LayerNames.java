package io.dendra.models;

import io.dendra.nn.layers.Layer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Gives the layers of a model names of their own: {@code dense}, {@code dense_1}, … */
final class LayerNames {
  private final Map<String, Integer> counts = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  /**
   * The name of the next layer: its own, or one made from its class.
   *
   * @throws IllegalArgumentException when its own is taken
   */
  String next(Layer layer) {
    if (layer.name() != null) {
      if (!taken.add(layer.name())) {
        throw new IllegalArgumentException(
            "two layers are named '" + layer.name() + "': name one differently");
      }
      return layer.name();
    }
    String base = layer.defaultName();
    String name;
    do {
      int count = counts.merge(base, 1, Integer::sum) - 1;
      name = count == 0 ? base : base + "_" + count;
    } while (!taken.add(name));
    layer.named(name);
    return name;
  }
}
