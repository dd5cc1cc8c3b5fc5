package io.dendra.sweep.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorageTest extends StorageContract {
  @TempDir Path folder;

  @Override
  protected Storage open() {
    return Storages.open("sqlite:///" + folder.resolve("study.db"));
  }
}
