package io.dendra.sweep.storage;

import static io.dendra.sweep.storage.Transactions.prepare;

import io.dendra.sweep.Direction;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps studies in a database, SQLite or PostgreSQL, in Optuna's relational schema: so {@code
 * optuna.load_study}, its plots and optuna-dashboard open them, and studies of Optuna go on here.
 * Opened by {@link Storages#open}.
 *
 * <p>Any number of processes may share it. Heartbeats are told and compared by the clock of the
 * database, in UTC; for Optuna to read them in PostgreSQL, the server's time zone is UTC, too.
 */
public final class JdbcStorage implements Storage {
  private final DatabaseAddress address;
  private final Transactions transactions;
  private final TrialRows rows;
  private final TrialWrites writes;
  private final Map<Long, TrialCache> caches = new ConcurrentHashMap<>();

  private JdbcStorage(DatabaseAddress address, Transactions transactions) {
    this.address = address;
    this.transactions = transactions;
    this.rows = new TrialRows(address.dialect());
    this.writes = new TrialWrites(address.dialect());
  }

  static JdbcStorage open(DatabaseAddress address) {
    requireDriver(address.dialect().driver(), address.dialect().dependency());
    probe(address);
    Transactions transactions = new Transactions(address);
    try {
      new Schema(address).require(transactions);
    } catch (RuntimeException e) {
      transactions.close();
      throw e;
    }
    return new JdbcStorage(address, transactions);
  }

  /**
   * The pool would try again and again, and tell of a time that was up rather than of the cause.
   */
  private static void probe(DatabaseAddress address) {
    Properties properties = new Properties();
    properties.putAll(address.properties());
    try (Connection connection = DriverManager.getConnection(address.url(), properties);
        PreparedStatement statement = connection.prepareStatement("SELECT 1")) {
      statement.execute();
    } catch (SQLException e) {
      throw DatabaseErrors.of(address, e);
    }
  }

  static void requireDriver(String driver, String dependency) {
    try {
      Class.forName(driver);
    } catch (ClassNotFoundException e) {
      throw new StorageException(
          "the JDBC driver "
              + driver
              + " is not on the class path: add the dependency "
              + dependency
              + " to the project",
          e);
    }
  }

  @Override
  public StudyRecord createStudy(
      String name, List<Direction> directions, Map<String, Object> systemAttributes) {
    Names.require("a study", name);
    systemAttributes.keySet().forEach(key -> Names.require("an attribute", key));
    return transactions.once(
        connection -> {
          long study;
          try {
            study = StudyRows.insert(connection, name, directions);
          } catch (SQLException e) {
            if (DatabaseErrors.isDuplicate(e)) {
              throw new StudyExistsException(name);
            }
            throw e;
          }
          for (Map.Entry<String, Object> attribute : systemAttributes.entrySet()) {
            StudyRows.setAttribute(
                connection, study, AttributeKind.SYSTEM, attribute.getKey(), attribute.getValue());
          }
          return StudyRows.read(connection, "WHERE study_id = ?", study).get(0);
        });
  }

  @Override
  public Optional<StudyRecord> findStudy(String name) {
    return transactions.read(
        connection ->
            StudyRows.read(connection, "WHERE study_name = ?", name).stream().findFirst());
  }

  @Override
  public List<StudyRecord> studies() {
    return transactions.read(connection -> StudyRows.read(connection, ""));
  }

  @Override
  public void deleteStudy(long study) {
    transactions.set(
        connection -> {
          if (StudyRows.lock(connection, address.dialect(), study)) {
            StudyRows.delete(connection, study);
          }
        });
    caches.remove(study);
  }

  @Override
  public void setStudyAttribute(long study, AttributeKind kind, String key, Object value) {
    Names.require("an attribute", key);
    transactions.set(
        connection -> {
          lock(connection, study);
          StudyRows.setAttribute(connection, study, kind, key, value);
        });
  }

  private void lock(Connection connection, long study) throws SQLException {
    if (!StudyRows.lock(connection, address.dialect(), study)) {
      throw noStudy(study);
    }
  }

  private static StorageException noStudy(long study) {
    return new StorageException("there is no study with id " + study);
  }

  @Override
  public TrialRecord addTrial(long study, TrialRecord trial) {
    TrialChecks.requireAddable(trial);
    return transactions.once(
        connection -> {
          lock(connection, study);
          int number = writes.nextNumber(connection, study);
          long id =
              writes.insert(
                  connection, study, number, trial.state(), trial.started(), trial.ended());
          writes.setValues(connection, id, trial.values());
          writes.addParameters(connection, study, id, trial.parameters());
          for (Map.Entry<Integer, Double> report : trial.reports().entrySet()) {
            writes.report(connection, id, report.getKey(), report.getValue());
          }
          setAll(connection, id, AttributeKind.USER, trial.userAttributes());
          setAll(connection, id, AttributeKind.SYSTEM, trial.systemAttributes());
          return rows.read(connection, study, id - 1, Set.of()).get(0);
        });
  }

  private void setAll(
      Connection connection, long trial, AttributeKind kind, Map<String, Object> attributes)
      throws SQLException {
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      writes.setAttribute(connection, trial, kind, attribute.getKey(), attribute.getValue());
    }
  }

  @Override
  public Optional<TrialRecord> startTrial(long study, String owner, int limit) {
    return transactions.once(
        connection -> {
          Optional<Long> waiting = writes.waiting(connection, study);
          return waiting.isPresent()
              ? Optional.of(startWaiting(connection, study, waiting.get(), owner))
              : startNew(connection, study, owner, limit);
        });
  }

  private TrialRecord startWaiting(Connection connection, long study, long trial, String owner)
      throws SQLException {
    TrialRecord before = one(connection, study, trial);
    Instant now = StoredTimes.now();
    writes.start(connection, trial, now);
    begin(connection, trial, owner, TrialLease.attempts(before) + 1);
    return one(connection, study, trial);
  }

  private TrialRecord one(Connection connection, long study, long trial) throws SQLException {
    return rows.read(connection, study, Long.MAX_VALUE, Set.of(trial)).get(0);
  }

  private Optional<TrialRecord> startNew(Connection connection, long study, String owner, int limit)
      throws SQLException {
    lock(connection, study);
    int number = writes.nextNumber(connection, study);
    if (number >= limit) {
      return Optional.empty();
    }
    Instant now = StoredTimes.now();
    long id = writes.insert(connection, study, number, TrialState.RUNNING, now, null);
    begin(connection, id, owner, 1);
    Map<String, Object> system = new LinkedHashMap<>();
    system.put(TrialLease.OWNER, owner);
    system.put(TrialLease.ATTEMPT, 1L);
    return Optional.of(
        new TrialRecord(
            id,
            number,
            TrialState.RUNNING,
            List.of(),
            now,
            null,
            Map.of(),
            new TreeMap<>(),
            Map.of(),
            system));
  }

  private void begin(Connection connection, long trial, String owner, long attempt)
      throws SQLException {
    writes.setAttribute(connection, trial, AttributeKind.SYSTEM, TrialLease.OWNER, owner);
    writes.setAttribute(connection, trial, AttributeKind.SYSTEM, TrialLease.ATTEMPT, attempt);
    writes.heartbeat(connection, trial);
  }

  @Override
  public void addParameters(TrialLease lease, Map<String, ParameterValue> parameters) {
    parameters.keySet().forEach(name -> Names.require("a parameter", name));
    transactions.set(
        connection ->
            writes.addParameters(
                connection, writes.held(connection, lease), lease.trial(), parameters));
  }

  @Override
  public void report(TrialLease lease, int step, double value) {
    transactions.set(
        connection -> {
          writes.held(connection, lease);
          writes.report(connection, lease.trial(), step, value);
        });
  }

  @Override
  public void setTrialAttribute(TrialLease lease, AttributeKind kind, String key, Object value) {
    Names.require("an attribute", key);
    transactions.set(
        connection -> {
          writes.held(connection, lease);
          writes.setAttribute(connection, lease.trial(), kind, key, value);
        });
  }

  @Override
  public void finish(TrialLease lease, TrialState state, List<Double> values) {
    TrialChecks.requireEnd(state, values);
    transactions.once(
        connection -> {
          writes.held(connection, lease);
          writes.finish(connection, lease.trial(), state, values);
          return null;
        });
  }

  @Override
  public void giveBack(TrialLease lease) {
    transactions.once(
        connection -> {
          writes.held(connection, lease);
          writes.giveBack(connection, lease.trial());
          return null;
        });
  }

  @Override
  public void heartbeat(TrialLease lease) {
    transactions.set(
        connection -> {
          writes.held(connection, lease);
          writes.heartbeat(connection, lease.trial());
        });
  }

  @Override
  public List<TrialRecord> silentFor(long study, Duration silence) {
    return transactions.read(
        connection -> {
          List<Long> silent = new ArrayList<>();
          String sql =
              "SELECT t.trial_id FROM trials t JOIN trial_heartbeats h ON h.trial_id = t.trial_id"
                  + " WHERE t.study_id = ? AND t.state = 'RUNNING' AND h.heartbeat < "
                  + address.dialect().ago();
          try (PreparedStatement statement = prepare(connection, sql, study, silence.toMillis());
              ResultSet found = statement.executeQuery()) {
            while (found.next()) {
              silent.add(found.getLong(1));
            }
          }
          return silent.isEmpty()
              ? List.of()
              : rows.read(connection, study, Long.MAX_VALUE, silent).stream()
                  .filter(trial -> trial.state() == TrialState.RUNNING)
                  .toList();
        });
  }

  @Override
  public List<TrialRecord> trials(long study) {
    TrialCache cache = caches.computeIfAbsent(study, id -> new TrialCache(id, rows));
    List<TrialRecord> trials = transactions.read(cache::trials);
    if (trials.isEmpty() && !exists(study)) {
      caches.remove(study);
      throw noStudy(study);
    }
    return trials;
  }

  private boolean exists(long study) {
    return !transactions
        .read(connection -> StudyRows.read(connection, "WHERE study_id = ?", study))
        .isEmpty();
  }

  @Override
  public void close() {
    transactions.close();
  }
}
