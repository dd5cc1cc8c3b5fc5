package io.dendra.sweep.storage;

import io.dendra.sweep.Direction;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

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
        session -> {
          long study;
          try {
            study = StudyRows.insert(session, name, directions);
          } catch (SQLException e) {
            if (DatabaseErrors.isDuplicate(e)) {
              throw new StudyExistsException(name);
            }
            throw e;
          }
          for (Map.Entry<String, Object> attribute : systemAttributes.entrySet()) {
            StudyRows.setAttribute(
                session, study, AttributeKind.SYSTEM, attribute.getKey(), attribute.getValue());
          }
          return StudyRows.read(session, "WHERE study_id = ?", study).get(0);
        });
  }

  @Override
  public Optional<StudyRecord> findStudy(String name) {
    return transactions.read(
        session -> StudyRows.read(session, "WHERE study_name = ?", name).stream().findFirst());
  }

  @Override
  public List<StudyRecord> studies() {
    return transactions.read(session -> StudyRows.read(session, ""));
  }

  @Override
  public void deleteStudy(long study) {
    transactions.set(
        session -> {
          if (StudyRows.lock(session, address.dialect(), study)) {
            StudyRows.delete(session, study);
          }
        });
    caches.remove(study);
  }

  @Override
  public void setStudyAttribute(long study, AttributeKind kind, String key, Object value) {
    Names.require("an attribute", key);
    transactions.set(
        session -> {
          lock(session, study);
          StudyRows.setAttribute(session, study, kind, key, value);
        });
  }

  private void lock(Session session, long study) throws SQLException {
    if (!StudyRows.lock(session, address.dialect(), study)) {
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
        session -> {
          lock(session, study);
          int number = writes.nextNumber(session, study);
          long id =
              writes.insert(session, study, number, trial.state(), trial.started(), trial.ended());
          writes.setValues(session, id, trial.values());
          addParameters(session, study, id, trial.parameters());
          for (Map.Entry<Integer, Double> report : trial.reports().entrySet()) {
            writes.report(session, id, report.getKey(), report.getValue());
          }
          setAll(session, id, AttributeKind.USER, trial.userAttributes());
          setAll(session, id, AttributeKind.SYSTEM, trial.systemAttributes());
          return rows.read(session, study, id - 1, Set.of()).get(0);
        });
  }

  private void setAll(
      Session session, long trial, AttributeKind kind, Map<String, Object> attributes)
      throws SQLException {
    for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
      writes.setAttribute(session, trial, kind, attribute.getKey(), attribute.getValue());
    }
  }

  @Override
  public Optional<TrialRecord> startTrial(
      long study, String owner, int limit, Function<TrialRecord, Map<String, Object>> attributes) {
    return transactions.once(
        session -> {
          Optional<Long> waiting = writes.waiting(session, study, cache(study).settled());
          return waiting.isPresent()
              ? Optional.of(startWaiting(session, study, waiting.get(), owner, attributes))
              : startNew(session, study, owner, limit, attributes);
        });
  }

  private TrialRecord startWaiting(
      Session session,
      long study,
      long trial,
      String owner,
      Function<TrialRecord, Map<String, Object>> attributes)
      throws SQLException {
    TrialRecord before = one(session, study, trial);
    writes.start(session, trial, StoredTimes.now());
    begin(session, before, owner, attributes);
    return one(session, study, trial);
  }

  private TrialRecord one(Session session, long study, long trial) throws SQLException {
    return rows.read(session, study, Long.MAX_VALUE, Set.of(trial)).get(0);
  }

  private Optional<TrialRecord> startNew(
      Session session,
      long study,
      String owner,
      int limit,
      Function<TrialRecord, Map<String, Object>> attributes)
      throws SQLException {
    lock(session, study);
    int number = writes.nextNumber(session, study);
    if (number >= limit) {
      return Optional.empty();
    }
    Instant now = StoredTimes.now();
    long id = writes.insert(session, study, number, TrialState.RUNNING, now, null);
    TrialRecord fresh = TrialRecord.running(id, number, now, Map.of(), Map.of());
    return Optional.of(
        TrialRecord.running(id, number, now, Map.of(), begin(session, fresh, owner, attributes)));
  }

  private Map<String, Object> begin(
      Session session,
      TrialRecord trial,
      String owner,
      Function<TrialRecord, Map<String, Object>> attributes)
      throws SQLException {
    Map<String, Object> system = TrialLease.attributes(trial, owner, attributes);
    setAll(session, trial.id(), AttributeKind.SYSTEM, system);
    writes.heartbeat(session, trial.id());
    return system;
  }

  @Override
  public void addParameters(TrialLease lease, Map<String, ParameterValue> parameters) {
    parameters.keySet().forEach(name -> Names.require("a parameter", name));
    transactions.set(
        session -> {
          long study = writes.held(session, lease);
          addParameters(session, study, lease.trial(), parameters);
        });
  }

  /** Those that fit the study's; what the cache does not know yet, the database does. */
  private void addParameters(
      Session session, long study, long trial, Map<String, ParameterValue> parameters)
      throws SQLException {
    for (Map.Entry<String, ParameterValue> entry : parameters.entrySet()) {
      String name = entry.getKey();
      Optional<Distribution> known = cache(study).distribution(name);
      if (known.isEmpty()) {
        known = rows.distribution(session, study, name);
      }
      if (known.isPresent()) {
        TrialChecks.requireCompatible(name, known.get(), entry.getValue().distribution());
      }
      writes.addParameter(session, trial, name, entry.getValue());
    }
  }

  @Override
  public void report(TrialLease lease, int step, double value) {
    set(lease, session -> writes.report(session, lease.trial(), step, value));
  }

  @Override
  public void setTrialAttribute(TrialLease lease, AttributeKind kind, String key, Object value) {
    Names.require("an attribute", key);
    set(lease, session -> writes.setAttribute(session, lease.trial(), kind, key, value));
  }

  @Override
  public void finish(TrialLease lease, TrialState state, List<Double> values) {
    TrialChecks.requireEnd(state, values);
    transactions.once(
        session -> {
          writes.held(session, lease);
          writes.finish(session, lease.trial(), state, values);
          return null;
        });
  }

  @Override
  public void giveBack(TrialLease lease) {
    transactions.once(
        session -> {
          writes.held(session, lease);
          writes.giveBack(session, lease.trial());
          return null;
        });
  }

  @Override
  public void heartbeat(TrialLease lease) {
    set(lease, session -> writes.heartbeat(session, lease.trial()));
  }

  private void set(TrialLease lease, Transactions.Change change) {
    transactions.set(
        session -> {
          writes.held(session, lease);
          change.with(session);
        });
  }

  @Override
  public List<TrialRecord> silentFor(long study, Duration silence) {
    return transactions.read(
        session -> {
          List<Long> silent = new ArrayList<>();
          String sql =
              "SELECT t.trial_id FROM trials t JOIN trial_heartbeats h ON h.trial_id = t.trial_id"
                  + " WHERE t.study_id = ? AND t.state = 'RUNNING' AND h.heartbeat < "
                  + address.dialect().ago();
          try (ResultSet found = session.query(sql, study, silence.toMillis())) {
            while (found.next()) {
              silent.add(found.getLong(1));
            }
          }
          return silent.isEmpty()
              ? List.of()
              : rows.read(session, study, Long.MAX_VALUE, silent).stream()
                  .filter(trial -> trial.state() == TrialState.RUNNING)
                  .toList();
        });
  }

  @Override
  public List<TrialRecord> trials(long study) {
    List<TrialRecord> trials = transactions.read(cache(study)::trials);
    if (trials.isEmpty() && !exists(study)) {
      caches.remove(study);
      throw noStudy(study);
    }
    return trials;
  }

  private TrialCache cache(long study) {
    return caches.computeIfAbsent(study, id -> new TrialCache(id, rows));
  }

  private boolean exists(long study) {
    return !transactions
        .read(session -> StudyRows.read(session, "WHERE study_id = ?", study))
        .isEmpty();
  }

  @Override
  public void close() {
    transactions.close();
  }
}
