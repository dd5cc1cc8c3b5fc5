package io.dendra.backend.cuda;

import io.dendra.config.Config;
import io.dendra.cuda.emulator.Emulator;
import io.dendra.cuda.emulator.EmulatorControl;
import io.dendra.tck.TestedBackend;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * CUDA for the tests: the emulator with four devices or as many as a system property says, in
 * deferred mode if another says so; or the machine's own where {@code dendra.test.gpu} is set.
 */
public final class EmulatedCuda {
  /** Has the emulator do nothing until somebody waits for it. */
  private static final String DEFERRED = "dendra.test.deferred";

  /** Has the emulator run threads and blocks from the last to the first. */
  private static final String REVERSED = "dendra.test.reversed";

  /** Takes the GPUs of the machine instead of the emulator. */
  private static final String GPU = "dendra.test.gpu";

  /** The number of emulated devices. */
  private static final String DEVICES = "dendra.test.devices";

  private static final int FOUR = 4;
  private static final Logger LOG = LoggerFactory.getLogger(EmulatedCuda.class);

  private EmulatedCuda() {}

  /** Started once, before anything asks for CUDA. */
  private static final class Started {
    static final EmulatorControl CONTROL = start();

    private static EmulatorControl start() {
      Emulator emulator = Emulator.build();
      Config.set("dendra.cuda.libraries", emulator.folder().toString());
      Config.set("dendra.cuda.cache", Path.of("target", "cuda").toAbsolutePath().toString());
      return emulator
          .control()
          .devices(Integer.getInteger(DEVICES, FOUR))
          .deferred(Boolean.getBoolean(DEFERRED))
          .reversed(Boolean.getBoolean(REVERSED));
    }
  }

  /** Whether tests can run, for {@code EnabledIf}; logs why not. */
  public static boolean isThere() {
    if (Boolean.getBoolean(GPU)) {
      return true;
    }
    Emulator.unavailable().ifPresent(reason -> LOG.warn("skipped: {}", reason));
    return Emulator.unavailable().isEmpty();
  }

  /** Whether tests can run that need the emulator itself, for {@code EnabledIf}. */
  public static boolean isEmulated() {
    return !isReal() && isThere();
  }

  /** Whether the GPUs are real ones. */
  static boolean isReal() {
    return Boolean.getBoolean(GPU);
  }

  /** What the emulator is told and asked. */
  static EmulatorControl control() {
    return Started.CONTROL;
  }

  /** The backend for the conformance kit. */
  static TestedBackend tested() {
    provider();
    return TestedBackend.of(new CudaProvider());
  }

  /** The provider, with the emulator behind it. */
  static CudaProvider provider() {
    if (!isReal()) {
      control();
    }
    return new CudaProvider();
  }
}
