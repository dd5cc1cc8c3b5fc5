package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.config.Config;

/**
 * The settings of the backend.
 *
 * @param engine which native library computes
 * @param threads how many threads one operation may use
 */
record CpuSettings(EngineChoice engine, int threads) {
  /** The values of {@code dendra.cpu.engine}. */
  enum EngineChoice {
    AUTO,
    ONEDNN,
    ND4J
  }

  static CpuSettings read() {
    String engine = Config.get("dendra.cpu.engine").orElse("auto");
    EngineChoice choice =
        switch (engine) {
          case "auto" -> EngineChoice.AUTO;
          case "onednn" -> EngineChoice.ONEDNN;
          case "nd4j" -> EngineChoice.ND4J;
          default ->
              throw new BackendException(
                  "dendra.cpu.engine can be auto, onednn or nd4j, given '" + engine + "'");
        };
    int processors = Runtime.getRuntime().availableProcessors();
    return new CpuSettings(choice, Config.getInt("dendra.cpu.threads", 1, processors));
  }
}
