package io.dendra.sweep.storage;

import java.sql.SQLException;

/** What went wrong in a database, in words that say how to go on. */
final class DatabaseErrors {
  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6;
  private static final int SQLITE_READONLY = 8;
  private static final int SQLITE_IOERR = 10;
  private static final int SQLITE_CORRUPT = 11;
  private static final int SQLITE_FULL = 13;
  private static final int SQLITE_CANTOPEN = 14;
  private static final int SQLITE_NOTADB = 26;

  private DatabaseErrors() {}

  static StorageException of(DatabaseAddress address, SQLException e) {
    String reason =
        address.dialect() == Dialect.SQLITE ? sqlite(e.getErrorCode() & 0xff) : postgresql(e);
    return new StorageException(
        address.place()
            + " "
            + (reason == null ? "cannot be used: " + e.getMessage() : reason)
            + ". Nothing of this call was stored",
        e);
  }

  /**
   * Of a failure whose outcome nobody knows: the connection broke while a change was made final.
   */
  static StorageException unknown(DatabaseAddress address, SQLException e) {
    return new StorageException(
        address.place()
            + " was lost while a change was made final, so whether it is stored is not known: load"
            + " the study again and look",
        e);
  }

  private static String sqlite(int code) {
    return switch (code) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          "is locked: another process has written to it for too long. End that process, or wait"
              + " longer with ?busy_timeout=milliseconds behind the file's name";
      case SQLITE_READONLY ->
          "cannot be written: make the file and its folder writable (SQLite writes files beside"
              + " it), or copy it to another place";
      case SQLITE_IOERR -> "cannot be read or written: the disk or network drive fails";
      case SQLITE_CORRUPT ->
          "is damaged: restore a copy, or save what can be read with 'sqlite3 FILE .recover'";
      case SQLITE_FULL -> "cannot grow: the disk is full. Make room and resume the study";
      case SQLITE_CANTOPEN ->
          "cannot be opened: its folder has to exist, and both have to be readable and writable";
      case SQLITE_NOTADB -> "is no SQLite database: take another file";
      default -> null;
    };
  }

  private static String postgresql(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (isLost(e)) {
      return "cannot be reached, or the connection was lost: " + e.getMessage();
    }
    if (state.startsWith("28")) {
      return "refuses the user or the password";
    }
    return switch (state) {
      case "3D000" -> "does not exist: create the database first, with 'createdb'";
      case "53100" -> "cannot grow: the server's disk is full. Make room and resume the study";
      case "25006" -> "is read-only: name the primary server";
      case "42501" -> "does not let this user write: grant rights on the tables";
      case "55P03", "57014" -> "is locked: another process holds the row for too long";
      default -> null;
    };
  }

  /** Whether the connection is gone, so that another may do. */
  static boolean isLost(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    return state.startsWith("08") || state.startsWith("57P0");
  }

  /** Whether the database undid the transaction for another one's sake. */
  static boolean isUndone(SQLException e) {
    return "40001".equals(e.getSQLState()) || "40P01".equals(e.getSQLState());
  }

  /** Whether a row is there already. */
  static boolean isDuplicate(SQLException e) {
    return "23505".equals(e.getSQLState())
        || (e.getMessage() != null && e.getMessage().contains("UNIQUE constraint failed"));
  }
}
