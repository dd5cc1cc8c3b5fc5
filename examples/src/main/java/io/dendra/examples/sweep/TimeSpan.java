package io.dendra.examples.sweep;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Spans of time as people write them: {@code 90}, {@code 90s}, {@code 10m}, {@code 1h30m}. */
final class TimeSpan implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String text) {
    String plain = text.strip().toUpperCase(Locale.ROOT);
    try {
      Duration span =
          plain.matches("[0-9.]+") ? Duration.parse("PT" + plain + "S") : withUnits(plain);
      if (span.isZero() || span.isNegative()) {
        throw new TypeConversionException("a span of time is longer than none, given " + text);
      }
      return span;
    } catch (DateTimeParseException e) {
      throw new TypeConversionException(
          "'" + text + "' is no span of time: write 90s, 10m or 1h30m");
    }
  }

  private static Duration withUnits(String text) {
    return Duration.parse(text.startsWith("P") ? text : "PT" + text);
  }

  /** {@code 1:05} minutes, or {@code 2:03:00} hours. */
  static String clock(Duration span) {
    long seconds = span.toSeconds();
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
