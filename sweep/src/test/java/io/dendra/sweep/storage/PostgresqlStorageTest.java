package io.dendra.sweep.storage;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresqlStorageTest extends StorageContract {
  @RegisterExtension static final PostgresqlCluster CLUSTER = new PostgresqlCluster();

  private String url;

  @BeforeEach
  @Override
  void openStorage() throws Exception {
    url = CLUSTER.newDatabase();
    super.openStorage();
  }

  @Override
  protected Storage open() {
    return Storages.open(url);
  }
}
