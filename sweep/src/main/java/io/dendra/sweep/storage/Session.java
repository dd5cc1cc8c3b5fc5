package io.dendra.sweep.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection with its statements, each compiled once: SQLite's driver would compile them anew for
 * each call, which costs more than to run them. They are closed with the connection.
 */
final class Session {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Session(Connection connection) {
    this.connection = connection;
  }

  /** The rows of a query. */
  ResultSet query(String sql, Object... parameters) throws SQLException {
    return statement(sql, parameters).executeQuery();
  }

  /** Runs a statement without rows; returns how many it changed. */
  int update(String sql, Object... parameters) throws SQLException {
    return statement(sql, parameters).executeUpdate();
  }

  /** Runs a statement that is needed once. */
  void execute(String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private PreparedStatement statement(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  boolean isClosed() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      // Of no use any more, either way.
      return true;
    }
  }
}
