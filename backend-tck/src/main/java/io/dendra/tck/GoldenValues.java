package io.dendra.tck;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The values of another framework, written by {@code src/golden/golden.py}. */
final class GoldenValues {
  private static final Map<String, NDArray> VALUES = read();

  private GoldenValues() {}

  /** The array of a case, float64. */
  static NDArray of(String test, String name) {
    NDArray array = VALUES.get(test + "/" + name);
    if (array == null) {
      throw new IllegalArgumentException("no golden values " + test + "/" + name);
    }
    return array;
  }

  /** Whether a case has an array. */
  static boolean has(String test, String name) {
    return VALUES.containsKey(test + "/" + name);
  }

  private static Map<String, NDArray> read() {
    Map<String, NDArray> values = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                GoldenValues.class.getResourceAsStream("golden.txt"), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] parts = line.split(" ", 3);
          values.put(parts[0], array(parts[1], parts[2]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return values;
  }

  private static NDArray array(String dims, String values) {
    Shape shape =
        dims.equals("-")
            ? Shape.scalar()
            : Shape.of(Arrays.stream(dims.split(",", -1)).mapToLong(Long::parseLong).toArray());
    double[] numbers =
        Arrays.stream(values.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    return NDArray.wrap(numbers, DType.FLOAT64, shape);
  }
}
