package io.dendra.backend;

import io.dendra.config.Config;
import io.dendra.tensor.Device;
import io.dendra.text.Suggestions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends on the class path and the devices in use.
 *
 * <p>The flag {@code dendra.backend} (see {@link Config}) names the device that tensors are made
 * on: {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:1}, {@code reference}. {@code auto}
 * takes the best that is available and logs which and why; a backend asked for by name that cannot
 * start is an error, never replaced by another.
 */
public final class Backends {
  /** The key of the backend flag. */
  public static final String FLAG = "dendra.backend";

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);
  private static final Map<Device, OpenDevice> OPEN = new ConcurrentHashMap<>();
  private static final Comparator<BackendProvider> BEST_FIRST =
      Comparator.comparingInt(BackendProvider::rank).reversed();
  private static final ThreadLocal<Device> SCOPED = new ThreadLocal<>();
  private static final AtomicBoolean PREPARING = new AtomicBoolean();

  private Backends() {}

  /** Created when first needed, so that looking at this class loads no provider. */
  private static final class Registry {
    static final List<BackendProvider> PROVIDERS = load();

    private static List<BackendProvider> load() {
      List<BackendProvider> found = new ArrayList<>();
      ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader())
          .forEach(found::add);
      found.sort(BEST_FIRST);
      return new CopyOnWriteArrayList<>(found);
    }
  }

  /** All providers, the best first, available or not. */
  public static List<BackendProvider> providers() {
    return List.copyOf(Registry.PROVIDERS);
  }

  /** Adds a provider that no service file names, such as one made for a test. */
  public static void register(BackendProvider provider) {
    Registry.PROVIDERS.removeIf(other -> other.name().equals(provider.name()));
    Registry.PROVIDERS.add(provider);
    Registry.PROVIDERS.sort(BEST_FIRST);
  }

  /**
   * The provider of a name.
   *
   * @throws BackendException when there is none, listing those that are
   */
  public static BackendProvider provider(String name) {
    for (BackendProvider provider : Registry.PROVIDERS) {
      if (provider.name().equals(name)) {
        return provider;
      }
    }
    List<String> names = Registry.PROVIDERS.stream().map(BackendProvider::name).toList();
    throw new BackendException(
        "no backend '"
            + name
            + "' on the class path, there "
            + (names.size() == 1 ? "is " : "are ")
            + String.join(", ", names)
            + Suggestions.nearest(name, names)
            + ". "
            + (name.equals("cuda") ? "Add the dependency io.dendra:dendra-cuda." : ""));
  }

  /**
   * The device, started when first asked for.
   *
   * @throws BackendException when its backend is not there or cannot start, with the reason
   */
  public static OpenDevice open(Device device) {
    OpenDevice open = OPEN.get(device);
    return open != null ? open : OPEN.computeIfAbsent(device, Backends::start);
  }

  /**
   * Has the backend that will most likely be used prepare itself in a thread of its own: to load
   * native code takes longer than to make a network, and can go on beside it. Does something once
   * in a process, and changes no answer; an error is told by whoever uses the backend.
   */
  public static void prepare() {
    if (PREPARING.get() || !PREPARING.compareAndSet(false, true)) {
      return;
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                likely().prepare();
              } catch (RuntimeException | LinkageError e) {
                LOG.debug("A backend could not be prepared", e);
              }
            },
            "dendra-prepare");
    thread.setDaemon(true);
    thread.start();
  }

  private static BackendProvider likely() {
    Optional<String> flag = Config.get(FLAG).filter(value -> !value.equals("auto"));
    return flag.isPresent() ? provider(Device.of(flag.get()).backend()) : Registry.PROVIDERS.get(0);
  }

  private static OpenDevice start(Device device) {
    Backend backend = requireDevice(device).open(device.index());
    return new OpenDevice(device, backend, new MemoryPool(device, backend));
  }

  /**
   * The provider of a device that is there and can be used, as far as is known without starting it.
   *
   * @throws BackendException when its backend or the device is not there, with the reason
   */
  public static BackendProvider requireDevice(Device device) {
    BackendProvider provider = provider(device.backend());
    Availability availability = provider.availability();
    if (!availability.available()) {
      throw new BackendException(
          "backend '" + device.backend() + "' cannot be used here: " + availability.detail());
    }
    if (device.index() >= provider.deviceCount()) {
      throw new BackendException(
          "no device "
              + device.backend()
              + ":"
              + device.index()
              + ", the last is "
              + device.backend()
              + ":"
              + (provider.deviceCount() - 1));
    }
    return provider;
  }

  /**
   * The device on which tensors of this thread are made: that of {@link #use}, else that of the
   * flag.
   */
  public static Device defaultDevice() {
    Device scoped = SCOPED.get();
    return scoped != null ? scoped : configured();
  }

  /** Runs with another default device for this thread. */
  public static void use(Device device, Runnable body) {
    Device before = SCOPED.get();
    SCOPED.set(device);
    try {
      body.run();
    } finally {
      if (before == null) {
        SCOPED.remove();
      } else {
        SCOPED.set(before);
      }
    }
  }

  private static Device configured() {
    Optional<String> flag = Config.get(FLAG).filter(value -> !value.equals("auto"));
    return flag.isPresent() ? Device.of(flag.get()) : Automatic.DEVICE;
  }

  /** The choice of {@code auto}, made and logged once. */
  private static final class Automatic {
    static final Device DEVICE = choose();

    private static Device choose() {
      for (BackendProvider provider : Registry.PROVIDERS) {
        Availability availability = provider.availability();
        if (availability.available()) {
          LOG.info("Backend {}: {}", provider.name(), availability.detail());
          return new Device(provider.name(), 0);
        }
        LOG.info("Backend {} is not used: {}", provider.name(), availability.detail());
      }
      throw new BackendException("no backend is available; add io.dendra:dendra-cpu");
    }
  }
}
