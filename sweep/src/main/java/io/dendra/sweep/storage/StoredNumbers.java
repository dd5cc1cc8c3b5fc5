package io.dendra.sweep.storage;

/** Numbers in two columns, a kind and a value, since not all databases have infinities. */
final class StoredNumbers {
  private StoredNumbers() {}

  static String kind(double number) {
    if (Double.isNaN(number)) {
      return "NAN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "INF_POS" : "INF_NEG";
    }
    return "FINITE";
  }

  /** Null for what the kind says alone. */
  static Double value(double number) {
    return Double.isFinite(number) ? number : null;
  }

  static double number(String kind, double value) {
    return switch (kind) {
      case "FINITE" -> value;
      case "INF_POS" -> Double.POSITIVE_INFINITY;
      case "INF_NEG" -> Double.NEGATIVE_INFINITY;
      case "NAN" -> Double.NaN;
      default -> throw new StorageException("a stored number is of unknown kind '" + kind + "'");
    };
  }
}
