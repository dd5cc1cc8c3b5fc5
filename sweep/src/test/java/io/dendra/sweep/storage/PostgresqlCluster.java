package io.dendra.sweep.storage;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A PostgreSQL server of the tests' own, in a folder that is removed at the end. The tests are
 * skipped where its programs are not installed. The server refuses to run as root, so it runs as
 * user {@code postgres} or {@code nobody} then.
 */
public final class PostgresqlCluster implements BeforeAllCallback, AfterAllCallback {
  static final String PASSWORD = "s3cret/pass";

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private Path folder;
  private int port;
  private List<String> prefix = List.of();
  private Path programs;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    programs = programs();
    assumeTrue(programs != null, "PostgreSQL is not installed: no initdb and pg_ctl were found");
    folder = Files.createTempDirectory("dendra-postgresql");
    if (System.getProperty("user.name").equals("root")) {
      String user = Stream.of("postgres", "nobody").filter(this::exists).findFirst().orElse(null);
      assumeTrue(user != null, "PostgreSQL does not run as root, and there is no other user");
      assumeTrue(
          run(List.of("chown", user, folder.toString())) == 0, "the folder cannot be given away");
      prefix = List.of("setpriv", "--reuid=" + user, "--clear-groups");
    }
    Path password = folder.resolve("password");
    Files.writeString(password, PASSWORD + "\n");
    Path data = folder.resolve("data");
    int made =
        asUser(
            program("initdb"),
            "-D",
            data.toString(),
            "-U",
            "dendra",
            "-A",
            "scram-sha-256",
            "--pwfile=" + password,
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync");
    assumeTrue(made == 0, "initdb failed:\n" + log());
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assumeTrue(start() == 0, "the server did not start:\n" + log());
  }

  int start() throws Exception {
    return asUser(
        program("pg_ctl"),
        "-D",
        folder.resolve("data").toString(),
        "-w",
        "-l",
        folder.resolve("data").resolve("server.log").toString(),
        "-o",
        "-F -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC -p " + port,
        "start");
  }

  /** Ends all connections at once, as a crash does. */
  void stop() throws Exception {
    asUser(
        program("pg_ctl"),
        "-D",
        folder.resolve("data").toString(),
        "-w",
        "-m",
        "immediate",
        "stop");
  }

  /** The address of an empty database. */
  String newDatabase() throws Exception {
    String name = "d" + DATABASES.incrementAndGet();
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    return "postgresql://dendra:s3cret%2Fpass@127.0.0.1:" + port + "/" + name;
  }

  Connection connect(String database) throws Exception {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "dendra", PASSWORD);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (folder != null) {
      if (port != 0) {
        stop();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private String program(String name) {
    return programs.resolve(name).toString();
  }

  private static Path programs() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      places.add(Path.of(place));
    }
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions.map(version -> version.resolve("bin")).forEach(places::add);
      }
    }
    return places.stream()
        .filter(place -> Files.isExecutable(place.resolve("initdb")))
        .filter(place -> Files.isExecutable(place.resolve("pg_ctl")))
        .findFirst()
        .orElse(null);
  }

  private boolean exists(String user) {
    try {
      return run(List.of("id", user)) == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private int asUser(String... command) throws Exception {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(List.of(command));
    return run(all);
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    File log = folder.resolveSibling(folder.getFileName() + ".log").toFile();
    log.deleteOnExit();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
  }

  private String log() throws IOException {
    return Files.readString(
        folder.resolveSibling(folder.getFileName() + ".log"), StandardCharsets.UTF_8);
  }
}
