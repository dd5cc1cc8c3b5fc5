package io.dendra.sweep.storage;

class InMemoryStorageTest extends StorageContract {
  private final Storage storage = new InMemoryStorage();

  @Override
  protected Storage open() {
    return storage;
  }
}
