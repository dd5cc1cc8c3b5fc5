package io.dendra.sweep.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.sweep.Direction;
import io.dendra.sweep.TrialState;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A PostgreSQL server that goes away, and one that refuses. */
class PostgresqlLossTest {
  @RegisterExtension static final PostgresqlCluster CLUSTER = new PostgresqlCluster();

  @Test
  void aCallAfterTheServerCameBackConnectsAgain() throws Exception {
    try (Storage storage = Storages.open(CLUSTER.newDatabase())) {
      long study = storage.createStudy("a", List.of(Direction.MINIMIZE)).id();
      TrialLease lease = TrialLease.of(storage.startTrial(study, "me", 9).orElseThrow());
      CLUSTER.stop();
      CLUSTER.start();
      storage.report(lease, 1, 0.5);
      CLUSTER.stop();
      CLUSTER.start();
      storage.finish(lease, TrialState.COMPLETE, List.of(1.0));
      CLUSTER.stop();
      CLUSTER.start();
      assertThat(storage.trials(study).get(0).reports()).containsEntry(1, 0.5);
      assertThat(storage.trials(study).get(0).values()).containsExactly(1.0);
    }
  }

  @Test
  void aWrongPasswordIsRefusedWithoutBeingShown() throws Exception {
    String address = CLUSTER.newDatabase().replace("s3cret%2Fpass", "wr0ng-one");
    assertThatThrownBy(() -> Storages.open(address))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("password")
        .hasMessageNotContaining("wr0ng-one")
        .hasStackTraceContaining("JdbcStorage")
        .satisfies(e -> assertThat(e.getCause().getMessage()).doesNotContain("wr0ng-one"));
  }

  @Test
  void aDatabaseThatIsNotThereIsSaid() throws Exception {
    String address = CLUSTER.newDatabase() + "none";
    assertThatThrownBy(() -> Storages.open(address))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("createdb");
  }
}
