package io.dendra.sweep.storage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Moments as SQLAlchemy writes them into SQLite: UTC, in microseconds, without a zone. */
final class StoredTimes {
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private StoredTimes() {}

  /** As exact as a database keeps it. */
  static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  static String write(Instant moment) {
    return moment == null ? null : FORM.format(moment.atOffset(ZoneOffset.UTC));
  }

  static Instant read(String text) {
    if (text == null) {
      return null;
    }
    try {
      return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new StorageException("a stored moment cannot be read: '" + text + "'", e);
    }
  }
}
