package io.dendra.sweep.storage;

import io.dendra.sweep.ParameterValue;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.TrialState;
import io.dendra.sweep.distributions.Distribution;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Trials out of their tables, by one statement for any number of them: so all are seen at one
 * moment, and a server is asked once.
 */
final class TrialRows {
  private static final int TRIAL = 0;
  private static final int PARAMETER = 1;
  private static final int VALUE = 2;
  private static final int REPORT = 3;
  private static final int USER = 4;
  private static final int SYSTEM = 5;

  private final String select;

  /** Distributions by their text: a study has few, each as often as it has trials. */
  private final Map<String, Distribution> distributions = new HashMap<>();

  TrialRows(Dialect dialect) {
    String none = "CAST(NULL AS TEXT)";
    String number = "CAST(NULL AS FLOAT)";
    String wanted =
        "WITH wanted AS MATERIALIZED (SELECT trial_id FROM trials WHERE study_id = ? AND trial_id >"
            + " ? UNION ALL SELECT trial_id FROM trials WHERE trial_id IN ("
            + dialect.ids()
            + ") AND +study_id = ?) ";
    this.select =
        Stream.of(
                part(
                    TRIAL,
                    "number",
                    "CAST(t.state AS TEXT)",
                    dialect.time("t.datetime_start"),
                    dialect.time("t.datetime_complete"),
                    number,
                    "trials"),
                part(
                    PARAMETER,
                    "param_id",
                    "t.param_name",
                    "t.distribution_json",
                    none,
                    "t.param_value",
                    "trial_params"),
                part(
                    VALUE,
                    "objective",
                    "CAST(t.value_type AS TEXT)",
                    none,
                    none,
                    "t.value",
                    "trial_values"),
                part(
                    REPORT,
                    "step",
                    "CAST(t.intermediate_value_type AS TEXT)",
                    none,
                    none,
                    "t.intermediate_value",
                    "trial_intermediate_values"),
                part(
                    USER,
                    "trial_user_attribute_id",
                    "t.\"key\"",
                    "t.value_json",
                    none,
                    number,
                    "trial_user_attributes"),
                part(
                    SYSTEM,
                    "trial_system_attribute_id",
                    "t.\"key\"",
                    "t.value_json",
                    none,
                    number,
                    "trial_system_attributes"))
            .collect(Collectors.joining(" UNION ALL ", wanted, " ORDER BY 2, 1, 3"));
  }

  private static String part(
      int kind,
      String position,
      String name,
      String text,
      String other,
      String number,
      String table) {
    return "SELECT "
        + kind
        + " AS kind, t.trial_id, t."
        + position
        + " AS place, "
        + name
        + " AS name, "
        + text
        + " AS text, "
        + other
        + " AS other, "
        + number
        + " AS number FROM wanted CROSS JOIN "
        + table
        + " t WHERE t.trial_id = wanted.trial_id";
  }

  /**
   * The trials of a study after one, and some before, in the order of their ids.
   *
   * @param after the id; 0 for all trials
   * @param some ids
   */
  List<TrialRecord> read(Session session, long study, long after, Iterable<Long> some)
      throws SQLException {
    StringBuilder ids = new StringBuilder("[");
    for (long id : some) {
      ids.append(ids.length() == 1 ? "" : ",").append(id);
    }
    try (ResultSet rows = session.query(select, study, after, ids.append(']').toString(), study)) {
      return records(rows);
    }
  }

  private List<TrialRecord> records(ResultSet rows) throws SQLException {
    List<TrialRecord> records = new ArrayList<>();
    Parts parts = null;
    while (rows.next()) {
      long id = rows.getLong(2);
      if (rows.getInt(1) == TRIAL) {
        if (parts != null) {
          records.add(parts.record());
        }
        parts = new Parts(id, rows);
      } else if (parts != null && parts.id == id) {
        parts.add(rows, this);
      }
    }
    if (parts != null) {
      records.add(parts.record());
    }
    return records;
  }

  /** That of a parameter in a trial of the study, whichever. */
  Optional<Distribution> distribution(Session session, long study, String name)
      throws SQLException {
    String sql =
        "SELECT p.distribution_json FROM trials t JOIN trial_params p ON p.trial_id = t.trial_id"
            + " WHERE t.study_id = ? AND p.param_name = ? LIMIT 1";
    try (ResultSet row = session.query(sql, study, name)) {
      return row.next() ? Optional.of(distribution(name, row.getString(1))) : Optional.empty();
    }
  }

  private synchronized Distribution distribution(String name, String text) {
    Distribution known = distributions.get(text);
    if (known == null) {
      known = DistributionJson.read(name, text);
      if (distributions.size() > 10_000) {
        distributions.clear();
      }
      distributions.put(text, known);
    }
    return known;
  }

  /** A trial as it comes together. */
  private static final class Parts {
    final long id;
    private final int number;
    private final TrialState state;
    private final Instant started;
    private final Instant ended;
    private final List<Double> values = new ArrayList<>();
    private final Map<String, ParameterValue> parameters = new LinkedHashMap<>();
    private final NavigableMap<Integer, Double> reports = new TreeMap<>();
    private final Map<String, Object> user = new LinkedHashMap<>();
    private final Map<String, Object> system = new LinkedHashMap<>();

    Parts(long id, ResultSet row) throws SQLException {
      this.id = id;
      this.number = row.getInt(3);
      this.state = state(row.getString(4));
      this.started = StoredTimes.read(row.getString(5));
      this.ended = StoredTimes.read(row.getString(6));
    }

    private static TrialState state(String text) {
      try {
        return TrialState.valueOf(text);
      } catch (IllegalArgumentException e) {
        throw new StorageException("a trial is in unknown state '" + text + "'", e);
      }
    }

    void add(ResultSet row, TrialRows rows) throws SQLException {
      String name = row.getString(4);
      switch (row.getInt(1)) {
        case PARAMETER ->
            parameters.put(
                name,
                new ParameterValue(
                    rows.distribution(name, row.getString(5)), requireNumber(row, name)));
        case VALUE -> values.add(StoredNumbers.number(name, row.getDouble(7)));
        case REPORT -> reports.put(row.getInt(3), StoredNumbers.number(name, row.getDouble(7)));
        case USER -> user.put(name, StoredJson.read(row.getString(5), attribute(name)));
        case SYSTEM -> system.put(name, StoredJson.read(row.getString(5), attribute(name)));
        default -> throw new IllegalStateException("kind " + row.getInt(1));
      }
    }

    private double requireNumber(ResultSet row, String name) throws SQLException {
      double value = row.getDouble(7);
      if (row.wasNull()) {
        throw new StorageException("parameter '" + name + "' of trial " + number + " has no value");
      }
      return value;
    }

    private String attribute(String name) {
      return "attribute '" + name + "' of trial " + number;
    }

    TrialRecord record() {
      return new TrialRecord(
          id, number, state, values, started, ended, parameters, reports, user, system);
    }
  }
}
