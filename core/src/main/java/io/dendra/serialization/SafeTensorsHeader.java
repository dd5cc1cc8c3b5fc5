package io.dendra.serialization;

import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a safetensors file holds: arrays in the order of their data, which lie one behind the other.
 *
 * @param metadata free text by name
 */
record SafeTensorsHeader(List<Entry> entries, Map<String, String> metadata) {
  /** As the format's reference implementation has it. */
  static final int MOST_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";
  private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

  /** One array, and where its bytes lie behind the header. */
  record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

  /** The bytes of all arrays. */
  long dataBytes() {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
  }

  /** The header for arrays: the widest elements first, so that all are aligned. */
  static SafeTensorsHeader of(Map<String, NDArray> arrays, Map<String, String> metadata) {
    List<Map.Entry<String, NDArray>> ordered = new ArrayList<>(arrays.entrySet());
    ordered.sort(Comparator.comparingInt(entry -> -entry.getValue().dtype().byteSize()));
    List<Entry> entries = new ArrayList<>();
    long place = 0;
    for (Map.Entry<String, NDArray> each : ordered) {
      if (each.getKey().equals(METADATA)) {
        throw new IllegalArgumentException("no array can be named " + METADATA);
      }
      DType dtype = each.getValue().dtype();
      long end = place + (long) each.getValue().size() * dtype.byteSize();
      entries.add(new Entry(each.getKey(), dtype, each.getValue().shape(), place, end));
      place = end;
    }
    return new SafeTensorsHeader(entries, metadata);
  }

  /** The JSON text, padded so that the data begin at a multiple of 8. */
  byte[] encode() {
    Map<String, Object> root = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      root.put(METADATA, metadata);
    }
    for (Entry entry : entries) {
      root.put(
          entry.name(),
          Map.of(
              "dtype",
              code(entry.dtype()),
              "shape",
              entry.shape().dims(),
              "data_offsets",
              List.of(entry.begin(), entry.end())));
    }
    byte[] text = Json.write(root).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    if (padded.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "the names and shapes of "
              + entries.size()
              + " arrays take more than the "
              + MOST_BYTES
              + " bytes that the safetensors format allows");
    }
    return padded;
  }

  /**
   * Reads the JSON text.
   *
   * @param dataBytes the bytes of the file behind the header
   * @throws IllegalArgumentException when it is none, or does not fit the data
   */
  static SafeTensorsHeader decode(byte[] text, long dataBytes) {
    if (!(parse(text) instanceof Map<?, ?> root)) {
      throw new IllegalArgumentException("the header is no JSON object");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    List<Entry> entries = new ArrayList<>();
    root.forEach(
        (key, value) -> {
          if (key.equals(METADATA)) {
            metadata(value, metadata);
          } else {
            entries.add(entry(String.valueOf(key), value));
          }
        });
    entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long place = 0;
    for (Entry entry : entries) {
      if (entry.begin() != place) {
        throw wrong(
            entry.name(),
            "begins at byte "
                + entry.begin()
                + (entry.begin() < place ? ", inside the array before" : ", behind a gap")
                + ", which ends at "
                + place);
      }
      place = entry.end();
    }
    if (place != dataBytes) {
      throw new IllegalArgumentException(
          "the arrays take "
              + place
              + " bytes and the file holds "
              + dataBytes
              + (place > dataBytes ? ": it was cut off" : ": something follows them"));
    }
    return new SafeTensorsHeader(entries, metadata);
  }

  private static Object parse(byte[] text) {
    try {
      return Json.read(text);
    } catch (JsonException e) {
      throw new IllegalArgumentException("the header is no JSON: " + e.getMessage(), e);
    }
  }

  private static void metadata(Object value, Map<String, String> metadata) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(METADATA + " is no JSON object");
    }
    map.forEach(
        (key, member) -> {
          if (!(member instanceof String text)) {
            throw new IllegalArgumentException(METADATA + " holds '" + key + "', which is no text");
          }
          metadata.put(String.valueOf(key), text);
        });
  }

  private static Entry entry(String name, Object value) {
    if (!(value instanceof Map<?, ?> map)
        || map.size() != 3
        || !(map.get("dtype") instanceof String dtype)) {
      throw wrong(name, "does not consist of dtype, shape and data_offsets");
    }
    long[] dims = numbers(name, "shape", map.get("shape"));
    long[] offsets = numbers(name, "data_offsets", map.get("data_offsets"));
    DType type = dtype(name, dtype);
    if (offsets.length != 2 || offsets[1] < offsets[0]) {
      throw wrong(name, "has data_offsets " + Arrays.toString(offsets));
    }
    long size = elements(name, dims);
    if (size * type.byteSize() != offsets[1] - offsets[0]) {
      throw wrong(
          name,
          "of "
              + type.label()
              + Arrays.toString(dims)
              + " needs "
              + size * type.byteSize()
              + " bytes and has "
              + (offsets[1] - offsets[0]));
    }
    return new Entry(name, type, Shape.of(dims), offsets[0], offsets[1]);
  }

  private static long elements(String name, long[] dims) {
    long size = 1;
    for (long dim : dims) {
      // Dimensions are not negative, so the product overflows or grows, or stays 0.
      if (dim != 0 && size > MOST_ELEMENTS / dim) {
        throw wrong(name, "has shape " + Arrays.toString(dims) + ", more than a Java array holds");
      }
      size *= dim;
    }
    return size;
  }

  private static long[] numbers(String name, String what, Object value) {
    if (!(value instanceof List<?> list)) {
      throw wrong(name, "has no list " + what);
    }
    return list.stream()
        .mapToLong(
            element -> {
              if (!(element instanceof Long number) || number < 0) {
                throw wrong(name, "has " + what + " " + value);
              }
              return number;
            })
        .toArray();
  }

  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException("array '" + name + "' " + what);
  }

  private static DType dtype(String name, String code) {
    for (DType dtype : DType.values()) {
      if (code(dtype).equals(code)) {
        return dtype;
      }
    }
    throw wrong(
        name,
        "has dtype "
            + code
            + ", which Dendra does not have: convert it to one of F32, F64, I32, I64, BOOL, F16,"
            + " BF16");
  }

  private static String code(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
      case INT32 -> "I32";
      case INT64 -> "I64";
      case BOOL -> "BOOL";
      case FLOAT16 -> "F16";
      case BFLOAT16 -> "BF16";
    };
  }
}
