package io.dendra.backend.cuda.library;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The CUDA libraries of this process: loaded once, or the reason they cannot be. */
public final class CudaLibraries {
  private final List<LoadedLibrary> libraries;
  private final Map<CudaLibrary, Set<String>> exports;
  private final String reason;

  private CudaLibraries(LibraryLoader.Loaded loaded, String reason) {
    this.libraries = List.copyOf(loaded.libraries());
    this.exports = loaded.exports();
    this.reason = reason;
  }

  /** Made when first asked for. */
  private static final class Once {
    static final CudaLibraries RESULT = attempt();

    private static CudaLibraries attempt() {
      try {
        return new CudaLibraries(LibraryLoader.load(), "");
      } catch (LibraryException e) {
        return unavailable(e.getMessage());
      } catch (RuntimeException | LinkageError e) {
        return unavailable("the CUDA libraries cannot be loaded: " + LibraryLoader.oneLine(e));
      }
    }

    private static CudaLibraries unavailable(String reason) {
      return new CudaLibraries(new LibraryLoader.Loaded(List.of(), Map.of()), reason);
    }
  }

  /**
   * Finds and loads the libraries and JCuda on the first call; never throws, answers the same for
   * the life of the process, and may be called from any thread.
   */
  public static CudaLibraries load() {
    return Once.RESULT;
  }

  /** Whether all are loaded, so that JCuda can be called. */
  public boolean loaded() {
    return reason.isEmpty();
  }

  /** Why they are not, in one line; empty when they are. */
  public String reason() {
    return reason;
  }

  /** What was loaded, in that order; empty when something was missing. */
  public List<LoadedLibrary> libraries() {
    return libraries;
  }

  /**
   * Whether a library has a function, by the name in its symbol table ({@code cuMemAlloc_v2}); to
   * be asked before a call of any that may be absent, since such a call ends the process.
   */
  public boolean has(CudaLibrary library, String function) {
    return exports.getOrDefault(library, Set.of()).contains(function);
  }

  /** A line for each library, as {@code doctor} prints them. */
  public Map<String, String> describe() {
    Map<String, String> lines = new LinkedHashMap<>();
    for (LoadedLibrary loaded : libraries) {
      lines.put(
          loaded.library().stem(),
          loaded.version() + ", " + loaded.path() + " (" + loaded.source() + ")");
    }
    return lines;
  }
}
