package io.dendra.serialization;

import io.dendra.backend.Availability;
import io.dendra.backend.Backends;
import io.dendra.models.Model;
import io.dendra.nn.layers.Parameter;
import io.dendra.tensor.Device;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** With what something was made: versions, operating system, device. */
public final class Provenance {
  private Provenance() {}

  /** The version of Dendra, or {@code development} outside of a release. */
  public static String dendraVersion() {
    String version = Provenance.class.getPackage().getImplementationVersion();
    return version != null ? version : "development";
  }

  /** The virtual machine ({@code java}) and the operating system ({@code os}). */
  public static Map<String, Object> platform() {
    Map<String, Object> platform = new LinkedHashMap<>();
    platform.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    platform.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    return platform;
  }

  /**
   * A device ({@code device}) and what is known of its backend ({@code backend}), such as the
   * versions of native libraries. Looks at the backend, which loads its libraries.
   */
  public static Map<String, Object> of(Device device) {
    Availability availability = Backends.provider(device.backend()).availability();
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("device", device.toString());
    provenance.put("backend", availability.detail());
    return provenance;
  }

  /** When and with what a model file is made. */
  static Map<String, Object> of(Model model, Map<String, Object> more) {
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.putAll(platform());
    // Only of a device in use: asking another would load its libraries.
    model.parameters().stream()
        .filter(Parameter::isInitialized)
        .findFirst()
        .map(parameter -> parameter.value().device())
        .ifPresent(device -> provenance.putAll(of(device)));
    provenance.putAll(more);
    return provenance;
  }
}
