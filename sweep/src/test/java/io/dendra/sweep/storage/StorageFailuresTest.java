package io.dendra.sweep.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.TrialRecord;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases that cannot be used: what is said, and that nothing is half-written. */
class StorageFailuresTest {
  @TempDir Path folder;

  private String file() {
    return "sqlite:///" + folder.resolve("study.db");
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("study.db"));
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void anUnknownAddressListsTheFormsAndNoPassword() {
    assertThatThrownBy(() -> Storages.open("mysql://me:secret@host/db"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sqlite:///")
        .hasMessageContaining("postgresql://user:password@host:port/database")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> Storages.open("postgresql://me:secret@/"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret")
        .hasNoCause();
    assertThatThrownBy(() -> Storages.open("sqlite:///:memory:")).hasMessageContaining("'memory'");
  }

  @Test
  void addressesHaveTheFormsOfSqlAlchemyAndJdbc() {
    DatabaseAddress server =
        Addresses.of("postgresql+psycopg2://me:p%40s%2Fs@host/studies?sslmode=require")
            .orElseThrow();
    assertThat(server.url()).isEqualTo("jdbc:postgresql://host:5432/studies");
    assertThat(server.properties())
        .containsEntry("user", "me")
        .containsEntry("password", "p@s/s")
        .containsEntry("sslmode", "require");
    assertThat(server.toString()).isEqualTo("postgresql://host:5432/studies");
    assertThat(Addresses.of("jdbc:postgresql://h:1/d?user=u&password=x").orElseThrow().place())
        .isEqualTo("postgresql://h:1/d");
    assertThat(Addresses.of("sqlite:////a/b.db").orElseThrow().file())
        .isEqualTo(Path.of("/a/b.db"));
    assertThat(Addresses.of("jdbc:sqlite:/a/b").orElseThrow().file()).isEqualTo(Path.of("/a/b"));
    assertThat(Addresses.of("a.sqlite3").orElseThrow().file())
        .isEqualTo(Path.of("a.sqlite3").toAbsolutePath());
    assertThat(Addresses.of("sweeps")).isEmpty();
    assertThat(Storages.open("memory")).isInstanceOf(InMemoryStorage.class);
  }

  @Test
  void aMissingDriverSaysWhatToAdd() {
    assertThatThrownBy(() -> JdbcStorage.requireDriver("no.Driver", "some:artifact"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("some:artifact");
  }

  @Test
  void aFolderThatIsMissingOrCannotBeWrittenIsSaid() {
    assertThatThrownBy(() -> Storages.open("sqlite:///" + folder.resolve("none/study.db")))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("folder");
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "no folder that even root cannot write");
    assertThatThrownBy(() -> Storages.open("sqlite:////proc/self/study.db"))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("/proc/self/study.db")
        .hasMessageContaining("writable");
  }

  @Test
  void aReadOnlyFileIsSaid() {
    Storages.open(file()).close();
    assumeTrue(
        folder.resolve("study.db").toFile().setReadOnly()
            && !Files.isWritable(folder.resolve("study.db")),
        "this user writes read-only files");
    assertThatThrownBy(() -> Study.create("a", o -> o.storage(file())))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("writable");
  }

  @Test
  void garbageIsNoDatabase() throws Exception {
    Files.writeString(folder.resolve("study.db"), "This is a text, not a database. ".repeat(100));
    assertThatThrownBy(() -> Storages.open(file()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("no SQLite database");
  }

  @Test
  void aTruncatedDatabaseIsDamaged() throws Exception {
    try (Storage storage = Storages.open(file())) {
      storage.createStudy("a", List.of(Direction.MINIMIZE));
    }
    try (FileChannel channel =
        FileChannel.open(folder.resolve("study.db"), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() / 2 / 4096 * 4096);
    }
    assertThatThrownBy(
            () -> {
              try (Storage storage = Storages.open(file())) {
                storage.createStudy("b", List.of(Direction.MINIMIZE));
              }
            })
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void aDatabaseOfSomethingElseIsLeftAlone() throws Exception {
    sql("CREATE TABLE customers (id INTEGER)");
    assertThatThrownBy(() -> Storages.open(file()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("customers")
        .hasMessageContaining("another file");
    sql("DROP TABLE customers");
    Storages.open(file()).close();
  }

  @Test
  void anotherVersionOfTheSchemaIsSaid() throws Exception {
    Storages.open(file()).close();
    sql("UPDATE alembic_version SET version_num = 'v2.6.0.a'");
    assertThatThrownBy(() -> Storages.open(file()))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("v2.6.0.a")
        .hasMessageContaining("v3.2.0.a")
        .hasMessageContaining("optuna storage upgrade");
  }

  @Test
  void aFullDiskStoresNothingOfTheCall() {
    String small = "jdbc:sqlite:" + folder.resolve("study.db") + "?max_page_count=60";
    try (Storage storage = Storages.open(small)) {
      long study = storage.createStudy("a", List.of(Direction.MINIMIZE)).id();
      TrialRecord trial = storage.startTrial(study, "me", 9).orElseThrow();
      TrialLease lease = TrialLease.of(trial);
      assertThatThrownBy(
              () ->
                  storage.setTrialAttribute(
                      lease, AttributeKind.USER, "large", "x".repeat(1 << 20)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("disk is full");
      assertThat(storage.trials(study)).containsExactly(trial);
      storage.report(lease, 1, 0.5);
    }
  }

  @Test
  void aLockedDatabaseIsSaidAfterATime() throws Exception {
    try (Storage storage = Storages.open(file() + "?busy_timeout=50");
        Connection other =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("study.db"));
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThatThrownBy(() -> storage.createStudy("a", List.of(Direction.MINIMIZE)))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("locked")
          .hasMessageContaining("busy_timeout");
      assertThat(storage.studies()).isEmpty();
      statement.execute("ROLLBACK");
      storage.createStudy("a", List.of(Direction.MINIMIZE));
    }
  }

  @Test
  void manyMayMakeTheTablesAtOnce() throws Exception {
    List<Thread> threads =
        java.util.stream.IntStream.range(0, 6)
            .mapToObj(i -> new Thread(() -> Storages.open(file()).close(), "open-" + i))
            .toList();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    threads.forEach(thread -> thread.setUncaughtExceptionHandler((t, e) -> failures.add(e)));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    try (Storage storage = Storages.open(file())) {
      assertThat(storage.studies()).isEmpty();
    }
  }
}
