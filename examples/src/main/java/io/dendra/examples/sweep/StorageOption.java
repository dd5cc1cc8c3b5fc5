package io.dendra.examples.sweep;

import io.dendra.sweep.storage.InMemoryStorage;
import io.dendra.sweep.storage.Storage;
import picocli.CommandLine.Option;

/** Where studies are kept. */
final class StorageOption {
  private static final String MEMORY = "memory";

  @Option(
      names = "--storage",
      paramLabel = "FILE|URL",
      description =
          "Where studies are kept: a SQLite file, a URL such as postgresql://user@host/db, or"
              + " memory. Default: ${DEFAULT-VALUE}.")
  private String storage = "sweeps.db";

  Storage open() {
    if (isMemory()) {
      return new InMemoryStorage();
    }
    return new InMemoryStorage();
  }

  /** Whether what is stored is gone at the end. */
  boolean isMemory() {
    return storage.equals(MEMORY);
  }

  /** What was given. */
  @Override
  public String toString() {
    return storage;
  }
}
