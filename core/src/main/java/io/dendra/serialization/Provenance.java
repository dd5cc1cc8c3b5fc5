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

/** When and with what a model file was made. */
final class Provenance {
  private Provenance() {}

  static String dendraVersion() {
    String version = Provenance.class.getPackage().getImplementationVersion();
    return version != null ? version : "development";
  }

  static Map<String, Object> of(Model model, Map<String, Object> more) {
    Map<String, Object> provenance = new LinkedHashMap<>();
    provenance.put("created", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    provenance.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    provenance.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    // Only of a device in use: asking another would load its libraries.
    model.parameters().stream()
        .filter(Parameter::isInitialized)
        .findFirst()
        .map(parameter -> parameter.value().device())
        .ifPresent(device -> device(device, provenance));
    provenance.putAll(more);
    return provenance;
  }

  private static void device(Device device, Map<String, Object> provenance) {
    Availability availability = Backends.provider(device.backend()).availability();
    provenance.put("device", device.toString());
    provenance.put("backend", availability.detail());
  }
}
