package io.dendra.sweep.storage;

/** Opens storages by the text that names them. */
public final class Storages {
  private static final String FORMS =
      "sqlite:///sweeps.db, jdbc:sqlite:sweeps.db, a file that ends in .db, .sqlite or .sqlite3,"
          + " postgresql://user:password@host:port/database, jdbc:postgresql://host:port/database,"
          + " or memory";

  private Storages() {}

  /**
   * Opens a storage and makes its tables if it is new.
   *
   * <pre>{@code
   * try (Storage storage = Storages.open("sqlite:///sweeps.db")) {
   *   storage.studies().forEach(study -> System.out.println(study.name()));
   * }
   * }</pre>
   *
   * @param address {@code sqlite:///file} or {@code jdbc:sqlite:file} (a path behind the slashes
   *     that begins with a slash is absolute), a file that ends in {@code .db}, {@code .sqlite} or
   *     {@code .sqlite3}, {@code postgresql://user:password@host:port/database} or the same of
   *     JDBC, or {@code memory}. What follows a question mark goes to the driver, such as {@code
   *     ?busy_timeout=60000}.
   * @throws IllegalArgumentException when it is none of these
   * @throws StorageException when it cannot be opened, or is a database of something else
   */
  public static Storage open(String address) {
    if (address.equals("memory")) {
      return new InMemoryStorage();
    }
    return Addresses.of(address)
        .<Storage>map(JdbcStorage::open)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + shown(address) + "' names no storage; there are " + FORMS));
  }

  /** A text of an unknown form may hold a password as well. */
  private static String shown(String address) {
    return address.replaceAll("//[^/]*@", "//…@").replaceAll("(?i)(password=)[^&]*", "$1…");
  }
}
