package io.dendra.examples.sweep;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values and parameters as they stand on a command line. */
final class Words {
  private Words() {}

  /** A number, true, false or null where the word is one, else the word. */
  static Object value(String word) {
    if (word.equals("null")) {
      return null;
    }
    if (word.equals("true") || word.equals("false")) {
      return Boolean.valueOf(word);
    }
    try {
      return word.matches("[+-]?[0-9]{1,18}") ? (Object) Long.valueOf(word) : Double.valueOf(word);
    } catch (NumberFormatException e) {
      return word;
    }
  }

  /** A word as a shell takes it for one. */
  static String shell(String word) {
    return word.matches("[\\w./:@%+=,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Reads {@code name=value,name=value}. */
  static final class Assignments implements ITypeConverter<Map<String, Object>> {
    @Override
    public Map<String, Object> convert(String text) {
      Map<String, Object> all = new LinkedHashMap<>();
      for (String part : text.split(",", -1)) {
        int sign = part.indexOf('=');
        if (sign < 1) {
          throw new TypeConversionException(
              "'" + part + "' sets nothing: write name=value, several with commas between");
        }
        all.put(part.substring(0, sign).strip(), value(part.substring(sign + 1).strip()));
      }
      return all;
    }
  }
}
