package io.dendra.nn;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/** Values of another framework, from a file that a script under {@code src/test/golden} made. */
public final class Golden {
  private final Map<String, double[]> values = new LinkedHashMap<>();

  private Golden() {}

  /** The values of a resource beside a class: lines of a name, {@code |} and numbers. */
  public static Golden of(Class<?> beside, String resource) {
    Golden golden = new Golden();
    try (InputStream in = beside.getResourceAsStream(resource);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int bar = line.indexOf('|');
        if (bar > 0) {
          String[] numbers = line.substring(bar + 1).trim().split(" ", -1);
          golden.values.put(
              line.substring(0, bar).trim(),
              Arrays.stream(numbers).mapToDouble(Double::parseDouble).toArray());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return golden;
  }

  /** The numbers of a name. */
  public double[] get(String name) {
    double[] found = values.get(name);
    if (found == null) {
      throw new NoSuchElementException("no golden values of " + name);
    }
    return found;
  }

  /** All names. */
  public Iterable<String> names() {
    return values.keySet();
  }
}
