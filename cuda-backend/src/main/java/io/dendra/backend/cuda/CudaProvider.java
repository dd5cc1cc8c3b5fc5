package io.dendra.backend.cuda;

import io.dendra.backend.Availability;
import io.dendra.backend.Backend;
import io.dendra.backend.BackendException;
import io.dendra.backend.BackendProvider;
import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.driver.DeviceInfo;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.backend.cuda.jcuda.JCudaBlas;
import io.dendra.backend.cuda.jcuda.JCudaCompiler;
import io.dendra.backend.cuda.jcuda.JCudaDnn;
import io.dendra.backend.cuda.jcuda.JCudaDriverApi;
import io.dendra.backend.cuda.library.CudaLibraries;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes NVIDIA devices known as {@code cuda}. */
public final class CudaProvider implements BackendProvider {
  static final String NAME = "cuda";
  private static final int RANK = 100;
  private static final int NO_DEVICE = 100;

  /** For {@link java.util.ServiceLoader}. */
  public CudaProvider() {}

  /** What a first look found; one for the process, since the driver is. */
  private record Probe(
      Availability availability, CudaDevice.Cuda cuda, int devices, Map<String, String> details) {}

  private static final class Once {
    static final Probe PROBE = probe();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public Availability availability() {
    return Once.PROBE.availability();
  }

  @Override
  public int deviceCount() {
    return Once.PROBE.devices();
  }

  @Override
  public Map<String, String> details() {
    return Once.PROBE.details();
  }

  @Override
  public Backend open(int index) {
    Probe probe = Once.PROBE;
    if (!probe.availability().available()) {
      throw new BackendException("CUDA cannot be used here: " + probe.availability().detail());
    }
    if (index < 0 || index >= probe.devices()) {
      throw new BackendException(
          "there is no device cuda:"
              + index
              + ": CUDA has "
              + probe.devices()
              + " device(s), numbered from 0");
    }
    return new CudaBackend(new CudaDevice(index, probe.cuda()));
  }

  private static Probe probe() {
    CudaLibraries libraries = CudaLibraries.load();
    Map<String, String> details = new LinkedHashMap<>(libraries.describe());
    if (!libraries.loaded()) {
      return unavailable(libraries.reason(), details);
    }
    try {
      return start(details);
    } catch (CudaException e) {
      String reason = e.code() == NO_DEVICE ? "an NVIDIA driver is there, but no device: " : "";
      return unavailable(reason + e.getMessage(), details);
    } catch (BackendException | LinkageError e) {
      return unavailable(String.valueOf(e.getMessage()).lines().findFirst().orElse(""), details);
    }
  }

  private static Probe unavailable(String reason, Map<String, String> details) {
    return new Probe(Availability.no(reason), null, 0, details);
  }

  private static Probe start(Map<String, String> details) {
    Driver driver = new JCudaDriverApi();
    int version = driver.version();
    String text = "CUDA driver " + version / 1000 + "." + version % 1000 / 10;
    details.put("driver", text);
    int devices = driver.deviceCount();
    if (devices == 0) {
      return unavailable("an NVIDIA driver is there, but no device", details);
    }
    for (int i = 0; i < devices; i++) {
      details.put(NAME + ":" + i, describe(driver.describe(i)));
    }
    CudaDevice.Cuda cuda =
        new CudaDevice.Cuda(
            driver, new JCudaBlas(), new JCudaDnn(), new JCudaCompiler(), KernelCache.configured());
    String line = devices + " x " + driver.describe(0).name() + ", " + text;
    return new Probe(Availability.yes(line), cuda, devices, details);
  }

  private static String describe(DeviceInfo info) {
    return info.name()
        + ", "
        + (info.bytes() >> 20)
        + " MiB, compute capability "
        + info.major()
        + "."
        + info.minor()
        + ", "
        + info.multiprocessors()
        + " multiprocessors";
  }
}
