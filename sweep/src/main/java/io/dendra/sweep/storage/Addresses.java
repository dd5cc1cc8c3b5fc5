package io.dendra.sweep.storage;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the text by which users name a database. Errors never repeat it: it may hold a password.
 */
final class Addresses {
  private static final String SQLITE = "sqlite:///";
  private static final String JDBC_SQLITE = "jdbc:sqlite:";

  private Addresses() {}

  /** The database of a text; empty when it names none. */
  static Optional<DatabaseAddress> of(String text) {
    if (text.startsWith(SQLITE)) {
      return Optional.of(sqlite(text.substring(SQLITE.length())));
    }
    if (text.startsWith(JDBC_SQLITE)) {
      return Optional.of(sqlite(text.substring(JDBC_SQLITE.length())));
    }
    if (text.matches("(?s)(jdbc:)?postgres(ql)?(\\+\\w+)?:.*")) {
      return Optional.of(postgresql(text.substring(text.indexOf("://") + 1)));
    }
    String end = text.toLowerCase(Locale.ROOT);
    boolean isFile = end.endsWith(".db") || end.endsWith(".sqlite") || end.endsWith(".sqlite3");
    return isFile && !text.contains("://") ? Optional.of(sqlite(text)) : Optional.empty();
  }

  private static DatabaseAddress sqlite(String text) {
    int question = text.indexOf('?');
    String name = question < 0 ? text : text.substring(0, question);
    if (name.isEmpty() || name.equals(":memory:")) {
      throw new IllegalArgumentException(
          "a SQLite storage is a file, such as sqlite:///sweeps.db; for a study in the memory of"
              + " this process take 'memory'");
    }
    Map<String, String> properties = new HashMap<>(Dialect.SQLITE.connection());
    if (question >= 0) {
      properties.putAll(query(text.substring(question + 1)));
    }
    try {
      Path file = Path.of(name).toAbsolutePath().normalize();
      return new DatabaseAddress(
          Dialect.SQLITE, JDBC_SQLITE + file, properties, file, "SQLite file " + file);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + name + "' is not the name of a file", e);
    }
  }

  private static DatabaseAddress postgresql(String rest) {
    URI uri;
    try {
      uri = new URI("postgresql:" + rest);
    } catch (URISyntaxException e) {
      // Without the cause: its message holds the text.
      throw noDatabase();
    }
    String path = uri.getRawPath();
    if (uri.getHost() == null || path == null || path.length() < 2) {
      throw noDatabase();
    }
    Map<String, String> properties = new HashMap<>(Dialect.POSTGRESQL.connection());
    if (uri.getRawQuery() != null) {
      properties.putAll(query(uri.getRawQuery()));
    }
    if (uri.getRawUserInfo() != null) {
      String[] user = uri.getRawUserInfo().split(":", 2);
      properties.put("user", decode(user[0]));
      if (user.length == 2) {
        properties.put("password", decode(user[1]));
      }
    }
    int port = uri.getPort() < 0 ? 5432 : uri.getPort();
    String place = "postgresql://" + uri.getHost() + ":" + port + path;
    return new DatabaseAddress(Dialect.POSTGRESQL, "jdbc:" + place, properties, null, place);
  }

  private static Map<String, String> query(String text) {
    Map<String, String> properties = new HashMap<>();
    for (String part : text.split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        properties.put(decode(part.substring(0, equals)), decode(part.substring(equals + 1)));
      }
    }
    return properties;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw noDatabase();
    }
  }

  private static IllegalArgumentException noDatabase() {
    return new IllegalArgumentException(
        "a PostgreSQL storage is named by postgresql://user:password@host:port/database, with"
            + " special characters of user and password percent-encoded");
  }
}
