package io.dendra.data;

import io.dendra.config.Config;
import java.nio.file.Path;

/** Where downloaded data sets are kept. */
final class DataHome {
  private DataHome() {}

  /** {@code datasets} below {@code dendra.home}, by default {@code ~/.dendra}. */
  static Path datasets() {
    return Config.get("dendra.home")
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".dendra"))
        .resolve("datasets");
  }
}
