package io.dendra.cuda.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * The CUDA libraries on the CPU: libcuda, libnvrtc, libcublas and libcudnn with the functions that
 * JCuda imports, for tests on machines without a GPU. They are built with g++ where they are used,
 * once per version of their sources.
 *
 * <pre>{@code
 * Emulator.unavailable().ifPresent(reason -> Assumptions.abort(reason));
 * Emulator emulator = Emulator.build();
 * System.setProperty("dendra.cuda.libraries", emulator.folder().toString());
 * EmulatorControl control = emulator.control();
 * control.devices(2);
 * }</pre>
 */
public final class Emulator {

  private static final Object BUILDING = new Object();

  private final Path folder;

  private Emulator(Path folder) {
    this.folder = folder;
  }

  /** Why the emulator cannot be built here, in one line; empty where it can. */
  public static Optional<String> unavailable() {
    String os = System.getProperty("os.name");
    String arch = System.getProperty("os.arch");
    if (!os.equals("Linux") || !arch.equals("amd64")) {
      return Optional.of(
          "The CUDA emulator runs on Linux x86-64 only, this is " + os + " " + arch + ".");
    }
    try {
      Gcc.version();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          "The CUDA emulator is built with g++, which does not start here: " + e.getMessage());
    }
  }

  /** The emulator of CUDA 12 and cuDNN 8, built if need be in the user's cache folder. */
  public static Emulator build() {
    return build(defaultRoot(), Version.CUDA_12);
  }

  /** The same under the names of the given version. */
  public static Emulator build(Version version) {
    return build(defaultRoot(), version);
  }

  /**
   * Builds the libraries in a folder below {@code root} whose name says what they were built from,
   * unless they are there. Several JVMs may do so at once: one builds, the others wait.
   *
   * @throws UncheckedIOException when the build fails; the message ends with what g++ said
   */
  public static Emulator build(Path root, Version version) {
    synchronized (BUILDING) {
      try {
        return new Emulator(built(root, version));
      } catch (IOException e) {
        throw new UncheckedIOException(
            "The CUDA emulator cannot be built in " + root + ": " + e.getMessage(), e);
      }
    }
  }

  private static Path built(Path root, Version version) throws IOException {
    Sources sources = Sources.read();
    String name = "cuda-" + version.cuda() + "-" + sources.hash(Gcc.version());
    Path target = root.toAbsolutePath().resolve(name);
    if (Files.isDirectory(target)) {
      return target;
    }
    Files.createDirectories(target.getParent());
    Path lock = target.resolveSibling(name + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      if (!Files.isDirectory(target)) {
        Path work = Files.createTempDirectory(target.getParent(), name + ".part");
        try {
          sources.writeTo(work.resolve("cpp"));
          Gcc.build(work.resolve("cpp"), work.resolve("out"), version);
          Files.move(work.resolve("out"), target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Sources.delete(work);
        }
      }
    }
    return target;
  }

  // Below the user's cache folder, so that all modules share one build and mvn clean keeps it.
  private static Path defaultRoot() {
    String given = System.getProperty("dendra.emulator.folder", System.getenv("DENDRA_EMULATOR"));
    if (given != null) {
      return Path.of(given);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache != null && !cache.isEmpty()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    Path root = base.resolve("dendra").resolve("cuda-emulator");
    try {
      Files.createDirectories(root);
      return root;
    } catch (IOException e) {
      return Path.of(System.getProperty("java.io.tmpdir"), "dendra-cuda-emulator");
    }
  }

  /** Where the four libraries lie: what {@code DENDRA_CUDA_LIBRARIES} wants. */
  public Path folder() {
    return folder;
  }

  /** Loads the emulated driver into this JVM, if nobody has yet, and gives access to it. */
  public EmulatorControl control() {
    return EmulatorControl.load(folder.resolve("libcuda.so.1"));
  }

  /** The names and versions under which the libraries appear. */
  public enum Version {
    /** libcublas.so.12, libnvrtc.so.12, libcudnn.so.8: what JCuda links to. */
    CUDA_12(12, 8),
    /** libcublas.so.13, libnvrtc.so.13, libcudnn.so.9, without what those releases removed. */
    CUDA_13(13, 9);

    private final int cuda;
    private final int cudnn;

    Version(int cuda, int cudnn) {
      this.cuda = cuda;
      this.cudnn = cudnn;
    }

    /** The major version of CUDA. */
    public int cuda() {
      return cuda;
    }

    /** The major version of cuDNN. */
    public int cudnn() {
      return cudnn;
    }
  }
}
