package io.dendra.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Real data sets for tests: the folder of the system property {@code dendra.test.data}, or {@code
 * shared/data} in or beside one of the folders above the working directory. Tests that need one are
 * skipped, with the reason, where it is not there.
 */
public final class SharedData {
  private SharedData() {}

  /** The folder of a data set, such as {@code "mnist"}. */
  public static Path folder(String name) {
    String given = System.getProperty("dendra.test.data");
    Path folder = given != null ? Path.of(given, name) : search(name);
    Assumptions.assumeTrue(
        folder != null && Files.isDirectory(folder),
        () ->
            "skipped: no folder shared/data/"
                + name
                + " beside the repository (or below -Ddendra.test.data)");
    return folder;
  }

  private static Path search(String name) {
    Path start = Path.of("").toAbsolutePath();
    for (Path at = start; at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve("data").resolve(name);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return null;
  }
}
