package io.dendra.sweep.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Optuna's relational schema, made when a database is empty and else checked. Its tables are the
 * same since Optuna 3.2.
 */
final class Schema {
  /** Alembic's name of the schema. */
  private static final String REVISION = "v3.2.0.a";

  /** Optuna's own number of the schema, from before it used Alembic. */
  private static final int VERSION = 12;

  /** The version of Optuna whose tables these are. */
  private static final String OPTUNA = "5.0.0";

  /** Names this schema among the advisory locks of a PostgreSQL database. */
  private static final long LOCK = 0x64656e647261L;

  private static final Set<String> TABLES =
      Set.of(
          "studies",
          "version_info",
          "study_directions",
          "study_system_attributes",
          "study_user_attributes",
          "trials",
          "trial_heartbeats",
          "trial_intermediate_values",
          "trial_params",
          "trial_system_attributes",
          "trial_user_attributes",
          "trial_values",
          "alembic_version");

  private final DatabaseAddress address;

  Schema(DatabaseAddress address) {
    this.address = address;
  }

  /** Makes the tables, all of them or none, once however many processes begin at the same time. */
  void require(Transactions transactions) {
    boolean fits =
        transactions.read(
            session -> {
              Set<String> found = tables(session);
              if (found.containsAll(TABLES)) {
                check(session);
                return true;
              }
              return false;
            });
    if (!fits) {
      transactions.set(this::create);
    }
  }

  private void create(Session session) throws SQLException {
    if (address.dialect() == Dialect.POSTGRESQL) {
      session.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
    }
    Set<String> found = tables(session);
    if (found.containsAll(TABLES)) {
      check(session);
      return;
    }
    if (found.contains("alembic_version")) {
      check(session);
    }
    boolean isForeign =
        address.dialect() == Dialect.SQLITE
            ? !found.isEmpty()
            : found.stream().anyMatch(TABLES::contains);
    if (isForeign) {
      throw new StorageException(
          address.place()
              + " is a database of something else, or of Optuna before 3.2: it has tables "
              + found.stream().sorted().limit(8).toList()
              + ". Take another file or database"
              + upgrade());
    }
    for (String statement : statements()) {
      session.execute(statement);
    }
    session.execute("INSERT INTO version_info VALUES (1, " + VERSION + ", '" + OPTUNA + "')");
    session.execute("INSERT INTO alembic_version VALUES ('" + REVISION + "')");
  }

  private void check(Session session) throws SQLException {
    String revision = null;
    try (ResultSet rows = session.query("SELECT version_num FROM alembic_version")) {
      if (rows.next()) {
        revision = rows.getString(1);
      }
    }
    if (!REVISION.equals(revision)) {
      throw new StorageException(
          address.place()
              + " has Optuna's schema "
              + revision
              + ", and "
              + REVISION
              + " is needed, that of Optuna 3.2 to "
              + OPTUNA
              + ". If yours is older"
              + upgrade());
    }
  }

  private String upgrade() {
    return ", or upgrade it with Optuna: optuna storage upgrade --storage URL";
  }

  private Set<String> tables(Session session) throws SQLException {
    String sql =
        address.dialect() == Dialect.SQLITE
            ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            : "SELECT table_name FROM information_schema.tables"
                + " WHERE table_schema = current_schema()";
    Set<String> names = new HashSet<>();
    try (ResultSet rows = session.query(sql)) {
      while (rows.next()) {
        names.add(rows.getString(1).toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  private List<String> statements() {
    try (InputStream resource = Schema.class.getResourceAsStream(address.dialect().schema())) {
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      String sql =
          text.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
      return Arrays.stream(sql.split(";", -1)).filter(part -> !part.isBlank()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the schema cannot be read from the class path", e);
    }
  }
}
