package io.dendra.models;

import io.dendra.nn.layers.Layer;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Shape;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of {@link Model#summary}. */
final class Summary {
  private static final String[] HEAD = {"Layer (class)", "Output shape", "Weights", "Connected to"};

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
    return new String[] {name(model, input) + " (Input)", input.shape().toString(), "0", ""};
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
      layer.name() + " (" + kind + ")", shape, grouped(count(layer.parameters())), from
    };
  }

  private static String table(List<String[]> rows) {
    int columns = rows.stream().allMatch(row -> row[3].isEmpty() || row == HEAD) ? 3 : 4;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String pad = " ".repeat(widths[i] - row[i].length());
        line.append(i == 2 ? pad + row[i] : row[i] + pad).append("  ");
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
        bytes(all * Float.BYTES),
        grouped(trainable),
        grouped(all - trainable));
  }

  private static long count(List<Parameter> parameters) {
    return parameters.stream().mapToLong(parameter -> parameter.shape().size()).sum();
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
