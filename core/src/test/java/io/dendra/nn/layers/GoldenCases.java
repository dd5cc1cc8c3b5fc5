package io.dendra.nn.layers;

import io.dendra.tensor.NDArray;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What Keras computed for small layers; see src/test/golden/layers.py. */
final class GoldenCases {
  private GoldenCases() {}

  /** One layer's inputs, weights and results, by kind and name. */
  record Case(String name, boolean training, Map<String, Map<String, NDArray>> values) {
    Map<String, NDArray> all(String kind) {
      return values.getOrDefault(kind, Map.of());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> read() {
    List<Case> cases = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoldenCases.class.getResourceAsStream("layers.txt"), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("case")) {
          cases.add(new Case(words[1], words[2].equals("training"), new LinkedHashMap<>()));
        } else if (!words[0].equals("#")) {
          cases
              .get(cases.size() - 1)
              .values()
              .computeIfAbsent(words[0], kind -> new LinkedHashMap<>())
              .put(words[1], array(words[2], words[3], lines.readLine()));
        }
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NDArray array(String dtype, String shape, String numbers) {
    long[] dims = Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
    double[] values = Arrays.stream(numbers.split(" ")).mapToDouble(Double::parseDouble).toArray();
    return switch (dtype) {
      case "float32" -> {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = (float) values[i];
        }
        yield NDArray.of(floats, dims);
      }
      case "int32" -> NDArray.of(Arrays.stream(values).mapToInt(v -> (int) v).toArray(), dims);
      case "bool" -> {
        boolean[] booleans = new boolean[values.length];
        for (int i = 0; i < booleans.length; i++) {
          booleans[i] = values[i] != 0;
        }
        yield NDArray.of(booleans, dims);
      }
      default -> throw new IllegalArgumentException(dtype);
    };
  }
}
