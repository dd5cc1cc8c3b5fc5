package io.dendra.sweep.storage;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a database is and how it is entered.
 *
 * @param dialect the kind of database
 * @param url of JDBC, with no password in it
 * @param properties for the driver; may hold a user and a password, so never shown
 * @param file of SQLite, else null
 * @param place as messages name it
 */
record DatabaseAddress(
    Dialect dialect, String url, Map<String, String> properties, Path file, String place) {
  DatabaseAddress {
    properties = Map.copyOf(properties);
  }

  /** Shows the place alone: properties may hold a password. */
  @Override
  public String toString() {
    return place;
  }
}
