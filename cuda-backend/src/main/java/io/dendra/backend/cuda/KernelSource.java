package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A source file of kernels with the macros that specialise it: one unit of compilation.
 *
 * @param file the name in the folder {@code kernels}, without {@code .cu}
 * @param macros {@code NAME=value}, as the file's head lists them
 */
record KernelSource(String file, List<String> macros) {
  private static final Pattern INCLUDE = Pattern.compile("#include \"(\\w+)\\.cu\"\n");
  private static final Map<String, String> FILES = new ConcurrentHashMap<>();

  static KernelSource of(String file, String... macros) {
    return new KernelSource(file, List.of(macros));
  }

  /** The C++ type of an element. */
  static String type(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      case INT32 -> "int";
      case INT64 -> "long long";
      case BOOL -> "boolean";
      case FLOAT16 -> "half";
      case BFLOAT16 -> "bfloat";
    };
  }

  /** The text to compile: the macros, what all kernels share, and the file. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (String macro : macros) {
      text.append("#define ").append(macro.replaceFirst("=", " ")).append('\n');
    }
    return text.append(read("common")).append(read(file)).toString();
  }

  /** The name in messages of the compiler. */
  String title() {
    return file + ".cu" + macros;
  }

  private static String read(String name) {
    return FILES.computeIfAbsent(name, KernelSource::load);
  }

  /** With the text of what it includes in place. */
  private static String resolve(String text) {
    return INCLUDE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(load(found.group(1))));
  }

  private static String load(String name) {
    try (InputStream in = KernelSource.class.getResourceAsStream("kernels/" + name + ".cu")) {
      if (in == null) {
        throw new BackendException("the jar of dendra-cuda lacks kernels/" + name + ".cu");
      }
      return resolve(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BackendException("kernels/" + name + ".cu cannot be read: " + e.getMessage(), e);
    }
  }
}
