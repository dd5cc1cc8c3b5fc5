package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import java.util.function.Supplier;

/** Starts the engine that the settings ask for. */
final class Engines {
  private Engines() {}

  /**
   * A started engine.
   *
   * @param engine the engine
   * @param note why it is not the first choice, or empty
   */
  record Started(Engine engine, String note) {}

  static Started start(CpuSettings settings, CpuPool pool, Copies copies) {
    Supplier<Engine> onednn = () -> new OneDnnEngine(pool, copies);
    Supplier<Engine> nd4j = () -> new Nd4jEngine(pool, copies, settings.threads());
    return switch (settings.engine()) {
      case ONEDNN -> new Started(start("onednn", onednn), "");
      case ND4J -> new Started(start("nd4j", nd4j), "");
      case AUTO -> {
        try {
          yield new Started(start("onednn", onednn), "");
        } catch (BackendException e) {
          yield new Started(start("nd4j", nd4j), e.getMessage());
        }
      }
    };
  }

  private static Engine start(String name, Supplier<Engine> starter) {
    try {
      return starter.get();
    } catch (LinkageError | RuntimeException e) {
      throw new BackendException("the CPU engine " + name + " cannot start: " + reason(e), e);
    }
  }

  /** The root of what went wrong, in one line. */
  static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    String name = root.getClass().getSimpleName();
    return message == null ? name : name + ": " + message.lines().findFirst().orElse("");
  }
}
