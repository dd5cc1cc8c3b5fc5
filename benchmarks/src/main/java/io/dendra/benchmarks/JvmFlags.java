package io.dendra.benchmarks;

import java.util.List;

/** Flags for the processes that are started. */
final class JvmFlags {
  private JvmFlags() {}

  /** Newer JVMs warn about native libraries unless told that they are wanted. */
  static List<String> forNatives() {
    return Runtime.version().feature() >= 24
        ? List.of("--enable-native-access=ALL-UNNAMED")
        : List.of();
  }
}
