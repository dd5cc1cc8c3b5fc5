package io.dendra.backend.cuda;

import io.dendra.backend.cuda.driver.Compiler;
import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.driver.Driver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernels of one device: compiled when first asked for, once per machine. */
final class Kernels {
  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  private final Driver driver;
  private final int device;
  private final Compiler compiler;
  private final KernelCache cache;
  private final String architecture;
  private final Map<KernelSource, Driver.Module> modules = new ConcurrentHashMap<>();

  Kernels(Driver driver, int device, Compiler compiler, KernelCache cache) {
    this.driver = driver;
    this.device = device;
    this.compiler = compiler;
    this.cache = cache;
    this.architecture = target(driver.describe(device).architecture(), compiler.architectures());
  }

  /**
   * Machine code for the device where the compiler knows it, else PTX for the newest architecture
   * that it knows, which the driver translates.
   */
  private static String target(int device, int[] known) {
    int newest = 0;
    for (int architecture : known) {
      if (architecture == device) {
        return "sm_" + device;
      }
      if (architecture < device) {
        newest = Math.max(newest, architecture);
      }
    }
    return "compute_" + (newest == 0 ? device : newest);
  }

  /** A kernel of a source. The caller keeps it: this is not for every launch. */
  Kernel get(KernelSource source, String entry) {
    driver.makeCurrent(device);
    Driver.Module module = modules.computeIfAbsent(source, this::load);
    return new Kernel(driver.function(module, entry), entry);
  }

  private Driver.Module load(KernelSource source) {
    String text = source.text();
    String name = KernelCache.name(text, architecture, compiler.version());
    byte[] image = cache.read(name);
    if (image != null) {
      try {
        return driver.load(image);
      } catch (CudaException e) {
        LOG.warn(
            "The cached kernel {} does not load and is compiled again: {}", name, e.getMessage());
      }
    }
    long start = System.nanoTime();
    byte[] compiled =
        compiler.compile(text, source.title(), "--gpu-architecture=" + architecture, "--std=c++17");
    LOG.debug("Compiled {} in {} ms", source.title(), (System.nanoTime() - start) / 1_000_000);
    Driver.Module module = driver.load(compiled);
    cache.write(name, compiled);
    return module;
  }

  void close() {
    modules.values().forEach(driver::unload);
    modules.clear();
  }
}
