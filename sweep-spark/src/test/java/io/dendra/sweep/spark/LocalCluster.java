package io.dendra.sweep.spark;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A Spark cluster on this machine, each executor a process of its own with one core and, where
 * asked for, one GPU that a script made up.
 */
final class LocalCluster {
  private LocalCluster() {}

  /** Settings of a cluster of one worker. */
  static SparkConf conf(int executors, int gpus) throws IOException {
    assumeTrue(
        Boolean.getBoolean("dendra.spark.cluster"),
        "needs the variables and flags that the build gives: SPARK_HOME and --add-opens");
    assumeTrue(loopbackWorks(), "needs connections to 127.0.0.1");
    Path home = home();
    SparkConf conf =
        new SparkConf(false)
            .setAppName("dendra-sweep-spark-tests")
            .setMaster("local-cluster[1," + executors + "," + executors * 512 + "]")
            .set("spark.executor.cores", "1")
            .set("spark.executor.memory", "512m")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.ui.enabled", "false")
            .set("spark.eventLog.enabled", "false")
            .set("spark.local.dir", Files.createDirectories(home.resolve("local")).toString())
            .set("spark.executor.extraClassPath", String.join(":", folders()))
            .set(
                "spark.executor.extraJavaOptions",
                "-Xss1m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Ddendra.backend=reference");
    if (gpus > 0) {
      String script = script(home, gpus).toString();
      conf.set("spark.worker.resource.gpu.amount", Integer.toString(gpus))
          .set("spark.worker.resource.gpu.discoveryScript", script)
          .set("spark.executor.resource.gpu.amount", "1")
          .set("spark.task.resource.gpu.amount", "1");
    }
    return conf;
  }

  /**
   * The folder that Spark starts executors from: its class path is all that lies in {@code jars}.
   */
  private static Path home() throws IOException {
    Path home = Path.of(System.getenv("SPARK_HOME"));
    Path jars = home.resolve("jars");
    if (Files.exists(jars)) {
      try (var links = Files.list(jars)) {
        for (Path link : links.toList()) {
          Files.delete(link);
        }
      }
    }
    Files.createDirectories(jars);
    int number = 0;
    for (String entry : classPath()) {
      if (entry.endsWith(".jar")) {
        Path jar = Path.of(entry).toAbsolutePath();
        Files.createSymbolicLink(jars.resolve(number++ + "-" + jar.getFileName()), jar);
      }
    }
    return home;
  }

  private static List<String> folders() {
    return classPath().stream()
        .filter(entry -> !entry.endsWith(".jar") && !entry.isEmpty())
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .toList();
  }

  static List<String> classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return List.of(path.split(System.getProperty("path.separator"), -1));
  }

  /** What Spark's own launcher gives to every JVM that it starts. */
  static List<String> moduleOptions() {
    return List.of(JavaModuleOptions.defaultModuleOptionArray());
  }

  private static Path script(Path home, int gpus) throws IOException {
    String addresses =
        IntStream.range(0, gpus)
            .mapToObj(i -> "\\\"" + i + "\\\"")
            .collect(Collectors.joining(","));
    Path script = home.resolve("gpus-" + gpus + ".sh");
    Files.writeString(
        script,
        "#!/bin/sh\necho \"{\\\"name\\\": \\\"gpu\\\", \\\"addresses\\\": [" + addresses + "]}\"\n",
        StandardCharsets.UTF_8);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  private static boolean loopbackWorks() {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the logs and jars of old applications. */
  static void clean() throws IOException {
    Path work = Path.of(System.getenv("SPARK_HOME"), "work");
    if (!Files.exists(work)) {
      return;
    }
    List<Path> folders = new ArrayList<>();
    Files.walkFileTree(
        work,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            folders.add(0, folder);
            return FileVisitResult.CONTINUE;
          }
        });
    for (Path folder : folders) {
      Files.delete(folder);
    }
  }
}
