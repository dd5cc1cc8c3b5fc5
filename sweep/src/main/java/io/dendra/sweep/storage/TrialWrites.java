package io.dendra.sweep.storage;

import io.dendra.sweep.LostTrialException;
import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.TrialState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The statements that change trials, within a transaction of the caller. */
final class TrialWrites {
  private static final String OWNER =
      "(SELECT a.value_json FROM trial_system_attributes a WHERE a.trial_id = t.trial_id AND"
          + " a.\"key\" = '"
          + TrialLease.OWNER
          + "')";

  private final Dialect dialect;

  TrialWrites(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Keeps the trial from others and checks the lease; returns the study. */
  long held(Session session, TrialLease lease) throws SQLException {
    String sql =
        "SELECT t.number, t.state, t.study_id, "
            + OWNER
            + " FROM trials t WHERE t.trial_id = ?"
            + dialect.lockRow();
    try (ResultSet row = session.query(sql, lease.trial())) {
      if (!row.next()) {
        throw new StorageException("there is no trial with id " + lease.trial());
      }
      Object owner = StoredJson.read(row.getString(4), "the owner of a trial");
      if (!row.getString(2).equals(TrialState.RUNNING.name())
          || !Objects.equals(owner, lease.owner())) {
        throw LostTrialException.of(row.getInt(1), lease.owner());
      }
      return row.getLong(3);
    }
  }

  /**
   * The waiting trial with the lowest number that nobody else starts now.
   *
   * @param after an id up to which none waits, so that not all are looked at
   */
  Optional<Long> waiting(Session session, long study, long after) throws SQLException {
    String sql =
        "SELECT trial_id FROM trials WHERE study_id = ? AND trial_id > ? AND state = 'WAITING'"
            + " ORDER BY trial_id LIMIT 1"
            + dialect.lockFreeRow();
    try (ResultSet row = session.query(sql, study, after)) {
      return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
    }
  }

  /** The number of a new trial, while the study is locked. */
  int nextNumber(Session session, long study) throws SQLException {
    String sql =
        "SELECT number FROM trials WHERE study_id = ? ORDER BY study_id DESC, trial_id DESC LIMIT 1";
    try (ResultSet row = session.query(sql, study)) {
      return row.next() ? row.getInt(1) + 1 : 0;
    }
  }

  long insert(
      Session session, long study, int number, TrialState state, Instant started, Instant ended)
      throws SQLException {
    String sql =
        "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) VALUES"
            + " (?, ?, ?, ?, ?) RETURNING trial_id";
    try (ResultSet row =
        session.query(
            sql,
            number,
            study,
            state.name(),
            StoredTimes.write(started),
            StoredTimes.write(ended))) {
      row.next();
      return row.getLong(1);
    }
  }

  void start(Session session, long trial, Instant now) throws SQLException {
    session.update(
        "UPDATE trials SET state = 'RUNNING', datetime_start = ? WHERE trial_id = ?",
        StoredTimes.write(now),
        trial);
  }

  void finish(Session session, long trial, TrialState state, List<Double> values)
      throws SQLException {
    setValues(session, trial, values);
    session.update(
        "UPDATE trials SET state = ?, datetime_complete = ? WHERE trial_id = ?",
        state.name(),
        StoredTimes.write(StoredTimes.now()),
        trial);
  }

  void giveBack(Session session, long trial) throws SQLException {
    session.update(
        "UPDATE trials SET state = 'WAITING', datetime_start = NULL WHERE trial_id = ?", trial);
    // Optuna may start it next, without an owner or a heartbeat of its own.
    session.update(
        "DELETE FROM trial_system_attributes WHERE trial_id = ? AND \"key\" = ?",
        trial,
        TrialLease.OWNER);
    session.update("DELETE FROM trial_heartbeats WHERE trial_id = ?", trial);
  }

  void heartbeat(Session session, long trial) throws SQLException {
    session.update(
        "INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (?, "
            + dialect.now()
            + ") ON CONFLICT (trial_id) DO UPDATE SET heartbeat = excluded.heartbeat",
        trial);
  }

  void setAttribute(Session session, long trial, AttributeKind kind, String key, Object value)
      throws SQLException {
    session.update(
        "INSERT INTO "
            + (kind == AttributeKind.USER ? "trial_user_attributes" : "trial_system_attributes")
            + " (trial_id, \"key\", value_json) VALUES (?, ?, ?) ON CONFLICT (trial_id, \"key\") DO"
            + " UPDATE SET value_json = excluded.value_json",
        trial,
        key,
        StoredJson.write(value));
  }

  void report(Session session, long trial, int step, double value) throws SQLException {
    session.update(
        "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value,"
            + " intermediate_value_type) VALUES (?, ?, ?, ?) ON CONFLICT (trial_id, step) DO UPDATE"
            + " SET intermediate_value = excluded.intermediate_value, intermediate_value_type ="
            + " excluded.intermediate_value_type",
        trial,
        step,
        StoredNumbers.value(value),
        StoredNumbers.kind(value));
  }

  void setValues(Session session, long trial, List<Double> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      session.update(
          "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, ?, ?, ?) ON"
              + " CONFLICT (trial_id, objective) DO UPDATE SET value = excluded.value, value_type ="
              + " excluded.value_type",
          trial,
          i,
          StoredNumbers.value(values.get(i)),
          StoredNumbers.kind(values.get(i)));
    }
  }

  /** Adds a parameter; one that the trial has stays. */
  void addParameter(Session session, long trial, String name, ParameterValue value)
      throws SQLException {
    session.update(
        "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES"
            + " (?, ?, ?, ?) ON CONFLICT (trial_id, param_name) DO NOTHING",
        trial,
        name,
        value.internal(),
        DistributionJson.write(value.distribution()));
  }
}
