package io.dendra.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where settings come from.
 *
 * <p>A key such as {@code dendra.backend} is looked up in this order: {@link #set code}, the system
 * property of that name, the environment variable {@code DENDRA_BACKEND}, the file {@code
 * dendra.properties} on the class path. Blank values count as absent.
 */
public final class Config {
  private static final Map<String, String> CODE = new ConcurrentHashMap<>();

  private Config() {}

  /** Sets a value that overrides all other sources, for the whole process; null removes it. */
  public static void set(String key, String value) {
    if (value == null) {
      CODE.remove(key);
    } else {
      CODE.put(key, value);
    }
  }

  /** The value of a key, if any source has one. */
  public static Optional<String> get(String key) {
    return present(CODE.get(key))
        .or(() -> present(System.getProperty(key)))
        .or(() -> present(System.getenv(environmentName(key))))
        .or(() -> present(File.PROPERTIES.getProperty(key)));
  }

  /**
   * The value of a key as a whole number, or a fallback.
   *
   * @throws IllegalArgumentException when the value is no number of at least {@code least}
   */
  public static int getInt(String key, int least, int fallback) {
    Optional<String> value = get(key);
    if (value.isEmpty()) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(value.get());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the key.
    }
    throw new IllegalArgumentException(
        key + " has to be a whole number of at least " + least + ", given '" + value.get() + "'");
  }

  /**
   * The environment variable of a key: {@code DENDRA_CPU_THREADS} for {@code dendra.cpu.threads}.
   */
  static String environmentName(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  private static Optional<String> present(String value) {
    return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
  }

  /** Read when first needed. */
  private static final class File {
    static final Properties PROPERTIES = read();

    private static Properties read() {
      Properties properties = new Properties();
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      ClassLoader source = loader != null ? loader : Config.class.getClassLoader();
      try (InputStream in = source.getResourceAsStream("dendra.properties")) {
        if (in != null) {
          properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("dendra.properties on the class path cannot be read", e);
      }
      return properties;
    }
  }
}
