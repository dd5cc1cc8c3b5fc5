package io.dendra.examples.cli;

import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.backend.OpenDevice;
import io.dendra.config.Config;
import io.dendra.tensor.Device;
import io.dendra.text.Suggestions;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The backend flag as an option. */
public final class BackendOption {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      converter = Name.class,
      description =
          "What computes: auto, cpu, cuda, cuda:1 or reference. Default: the setting dendra.backend"
              + " (also DENDRA_BACKEND), else auto.")
  private String backend;

  /** Whether the user named one. */
  public boolean isGiven() {
    return backend != null;
  }

  /** Sets the flag and starts the device it names; an error when it cannot start. */
  public OpenDevice open() {
    if (backend != null) {
      Config.set(Backends.FLAG, backend);
    }
    return Backends.open(Backends.defaultDevice());
  }

  /** Knows a typing error from a backend that is not here. */
  static final class Name implements picocli.CommandLine.ITypeConverter<String> {
    @Override
    public String convert(String value) {
      Set<String> known = new TreeSet<>(Set.of("auto", "cpu", "cuda", "reference"));
      known.addAll(
          Backends.providers().stream().map(BackendProvider::name).collect(Collectors.toSet()));
      try {
        String name = Device.of(value).backend();
        if (known.contains(name)) {
          return value;
        }
        throw new TypeConversionException(
            "there is no backend '" + value + "'" + Suggestions.nearest(name, known));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
