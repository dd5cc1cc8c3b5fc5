package io.dendra.sweep.storage;

import java.util.Map;

/** What differs between the databases; all other statements are the same in both. */
enum Dialect {
  /** One file of one machine; one writer at a time. */
  SQLITE(
      "org.sqlite.JDBC",
      "org.xerial:sqlite-jdbc",
      "sqlite.sql",
      "",
      "",
      "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
      "strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (? / 1000.0) || ' seconds')",
      "SELECT value FROM json_each(?)") {
    @Override
    String time(String column) {
      return column;
    }

    /**
     * Readers go on beside a writer ({@code WAL}), and a transaction takes the right to write when
     * it begins ({@code IMMEDIATE}): one that reads first and writes later could be refused.
     */
    @Override
    Map<String, String> connection() {
      return Map.of(
          "journal_mode",
          "WAL",
          "synchronous",
          "NORMAL",
          "busy_timeout",
          "30000",
          "foreign_keys",
          "true",
          "transaction_mode",
          "IMMEDIATE");
    }
  },

  /** A server that many machines share. */
  POSTGRESQL(
      "org.postgresql.Driver",
      "org.postgresql:postgresql",
      "postgresql.sql",
      " FOR UPDATE",
      " FOR UPDATE SKIP LOCKED",
      "CAST(clock_timestamp() AT TIME ZONE 'UTC' AS timestamp)",
      "CAST(clock_timestamp() AT TIME ZONE 'UTC' AS timestamp)"
          + " - CAST(? AS bigint) * interval '1 millisecond'",
      "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(? AS json))") {
    @Override
    String time(String column) {
      return "to_char(" + column + ", 'YYYY-MM-DD HH24:MI:SS.US')";
    }

    /** Strings take the type of their column: a constant of an enum, a moment. */
    @Override
    Map<String, String> connection() {
      return Map.of("stringtype", "unspecified", "ApplicationName", "dendra-sweep");
    }
  };

  private final String driver;
  private final String dependency;
  private final String schema;
  private final String lockRow;
  private final String lockFreeRow;
  private final String now;
  private final String ago;
  private final String ids;

  Dialect(
      String driver,
      String dependency,
      String schema,
      String lockRow,
      String lockFreeRow,
      String now,
      String ago,
      String ids) {
    this.driver = driver;
    this.dependency = dependency;
    this.schema = schema;
    this.lockRow = lockRow;
    this.lockFreeRow = lockFreeRow;
    this.now = now;
    this.ago = ago;
    this.ids = ids;
  }

  /** A moment as text, in an expression. */
  abstract String time(String column);

  /** What a connection is opened with, unless the address says otherwise. */
  abstract Map<String, String> connection();

  /** The class that has to be on the class path. */
  String driver() {
    return driver;
  }

  /** Where the class is. */
  String dependency() {
    return dependency;
  }

  /** The resource that makes the tables. */
  String schema() {
    return schema;
  }

  /** Ends a query whose rows are kept from others until the transaction ends. */
  String lockRow() {
    return lockRow;
  }

  /** The same for rows that nobody keeps. */
  String lockFreeRow() {
    return lockFreeRow;
  }

  /** The database's clock, in UTC. */
  String now() {
    return now;
  }

  /** The database's clock less a parameter in milliseconds. */
  String ago() {
    return ago;
  }

  /** A query of the numbers in a parameter, a list of JSON. */
  String ids() {
    return ids;
  }
}
