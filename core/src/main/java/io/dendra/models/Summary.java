package io.dendra.models;

import io.dendra.nn.DTypePolicy;
import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The table of {@link Model#summary}. */
final class Summary {
  private static final String[] HEAD = {
    "Layer (class)", "Output shape", "Weights", "Types", "Connected to"
  };
  private static final int WEIGHTS = 2;
  private static final int TYPES = 3;

  private Summary() {}

  static String of(Model model) {
    List<String[]> rows = new ArrayList<>();
    rows.add(HEAD);
    if (model instanceof Functional functional) {
      functional.inputs().forEach(input -> rows.add(inputRow(functional, input)));
      functional.calls().forEach(call -> rows.add(callRow(functional, call)));
    } else {
      List<TensorSpec> specs = model.inputSpecs();
      for (Layer layer : model.layers()) {
        specs = specs == null ? null : layer.infer(specs);
        rows.add(row(layer, specs, ""));
      }
    }
    return table(rows) + totals(model);
  }

  private static String[] inputRow(Functional model, SymbolicTensor input) {
    return new String[] {name(model, input) + " (Input)", input.shape().toString(), "0", "", ""};
  }

  private static String[] callRow(Functional model, SymbolicTensor.LayerCall call) {
    List<String> from = call.inputs().stream().map(input -> name(model, input)).toList();
    return row(call.layer(), call.outputs(), String.join(", ", from));
  }

  private static String name(Functional model, SymbolicTensor tensor) {
    if (!tensor.isInput()) {
      return tensor.origin().layer().name();
    }
    return tensor.name() != null ? tensor.name() : "input_" + model.inputs().indexOf(tensor);
  }

  private static String[] row(Layer layer, List<TensorSpec> outputs, String from) {
    String shape =
        outputs == null
            ? "?"
            : String.join(
                ", ", outputs.stream().map(TensorSpec::shape).map(Shape::toString).toList());
    String kind = layer.getClass().getSimpleName();
    return new String[] {
      layer.name() + " (" + kind + ")",
      shape,
      grouped(count(layer.parameters())),
      layer.policy().equals(DTypePolicy.FLOAT32) ? "" : layer.policy().name(),
      from
    };
  }

  private static String table(List<String[]> rows) {
    // Nothing but float32 and no branches: their columns say nothing.
    int[] columns =
        IntStream.range(0, HEAD.length)
            .filter(
                i -> i < TYPES || rows.stream().anyMatch(row -> row != HEAD && !row[i].isEmpty()))
            .toArray();
    int[] widths = new int[HEAD.length];
    for (String[] row : rows) {
      for (int i : columns) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i : columns) {
        String pad = " ".repeat(widths[i] - row[i].length());
        line.append(i == WEIGHTS ? pad + row[i] : row[i] + pad).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
      if (row == HEAD) {
        text.append("-".repeat(line.toString().stripTrailing().length())).append('\n');
      }
    }
    return text.toString();
  }

  private static String totals(Model model) {
    long all = count(model.parameters());
    long trainable = count(model.trainableParameters());
    return String.format(
        Locale.ROOT,
        "Weights: %s (%s), %s trained, %s not%n",
        grouped(all),
        bytes(size(model.parameters())),
        grouped(trainable),
        grouped(all - trainable));
  }

  private static long count(List<Parameter> parameters) {
    return parameters.stream().mapToLong(parameter -> parameter.shape().size()).sum();
  }

  private static long size(List<Parameter> parameters) {
    return parameters.stream().mapToLong(p -> p.shape().size() * p.dtype().byteSize()).sum();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String bytes(long bytes) {
    return bytes < 1 << 20
        ? String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }
}
