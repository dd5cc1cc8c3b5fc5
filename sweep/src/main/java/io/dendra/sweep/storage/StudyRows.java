package io.dendra.sweep.storage;

import io.dendra.sweep.Direction;
import io.dendra.sweep.StudyRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Studies in their tables. */
final class StudyRows {
  private static final List<String> OF_TRIALS =
      List.of(
          "trial_heartbeats",
          "trial_intermediate_values",
          "trial_params",
          "trial_system_attributes",
          "trial_user_attributes",
          "trial_values");
  private static final List<String> OF_STUDIES =
      List.of(
          "trials",
          "study_directions",
          "study_system_attributes",
          "study_user_attributes",
          "studies");

  private StudyRows() {}

  /** Those of a condition, in the order in which they were made. */
  static List<StudyRecord> read(Session session, String condition, Object... parameters)
      throws SQLException {
    List<StudyRecord> studies = new ArrayList<>();
    String sql = "SELECT study_id, study_name FROM studies " + condition + " ORDER BY study_id";
    try (ResultSet rows = session.query(sql, parameters)) {
      while (rows.next()) {
        long id = rows.getLong(1);
        studies.add(
            new StudyRecord(
                id,
                rows.getString(2),
                directions(session, id),
                attributes(session, AttributeKind.USER, id),
                attributes(session, AttributeKind.SYSTEM, id)));
      }
    }
    return studies;
  }

  private static List<Direction> directions(Session session, long study) throws SQLException {
    List<Direction> directions = new ArrayList<>();
    String sql = "SELECT direction FROM study_directions WHERE study_id = ? ORDER BY objective";
    try (ResultSet rows = session.query(sql, study)) {
      while (rows.next()) {
        // Old studies of Optuna may have NOT_SET: it takes small values for better then, too.
        boolean large = rows.getString(1).equals(Direction.MAXIMIZE.name());
        directions.add(large ? Direction.MAXIMIZE : Direction.MINIMIZE);
      }
    }
    return directions;
  }

  private static Map<String, Object> attributes(Session session, AttributeKind kind, long study)
      throws SQLException {
    Map<String, Object> attributes = new LinkedHashMap<>();
    String table = table(kind);
    String sql =
        "SELECT \"key\", value_json FROM "
            + table
            + " WHERE study_id = ? ORDER BY "
            + table.substring(0, table.length() - 1)
            + "_id";
    try (ResultSet rows = session.query(sql, study)) {
      while (rows.next()) {
        String key = rows.getString(1);
        attributes.put(
            key, StoredJson.read(rows.getString(2), "attribute '" + key + "' of a study"));
      }
    }
    return attributes;
  }

  static long insert(Session session, String name, List<Direction> directions) throws SQLException {
    long id;
    String sql = "INSERT INTO studies (study_name) VALUES (?) RETURNING study_id";
    try (ResultSet rows = session.query(sql, name)) {
      rows.next();
      id = rows.getLong(1);
    }
    for (int i = 0; i < directions.size(); i++) {
      session.update(
          "INSERT INTO study_directions (direction, study_id, objective) VALUES (?, ?, ?)",
          directions.get(i).name(),
          id,
          i);
    }
    return id;
  }

  static void setAttribute(
      Session session, long study, AttributeKind kind, String key, Object value)
      throws SQLException {
    session.update(
        "INSERT INTO "
            + table(kind)
            + " (study_id, \"key\", value_json) VALUES (?, ?, ?) ON CONFLICT (study_id, \"key\") DO"
            + " UPDATE SET value_json = excluded.value_json",
        study,
        key,
        StoredJson.write(value));
  }

  private static String table(AttributeKind kind) {
    return kind == AttributeKind.USER ? "study_user_attributes" : "study_system_attributes";
  }

  static void delete(Session session, long study) throws SQLException {
    for (String table : OF_TRIALS) {
      session.update(
          "DELETE FROM "
              + table
              + " WHERE trial_id IN (SELECT trial_id FROM trials WHERE study_id = ?)",
          study);
    }
    for (String table : OF_STUDIES) {
      session.update("DELETE FROM " + table + " WHERE study_id = ?", study);
    }
  }

  /** Keeps others from adding trials until the transaction ends, and tells whether it is there. */
  static boolean lock(Session session, Dialect dialect, long study) throws SQLException {
    String sql = "SELECT study_id FROM studies WHERE study_id = ?" + dialect.lockRow();
    try (ResultSet rows = session.query(sql, study)) {
      return rows.next();
    }
  }
}
