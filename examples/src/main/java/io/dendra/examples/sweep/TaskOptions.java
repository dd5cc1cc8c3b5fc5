package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** What objectives are given: data, and how long to train. */
final class TaskOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "For mnist: a folder with the four idx files. Default: the cache in DENDRA_HOME"
              + " (~/.dendra), filled by a download.")
  Path data;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "For mnist: how often a trial goes through the data. Default: 27.")
  Integer epochs;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "For mnist: use the first N training and at most N test pictures.")
  Integer limit;

  /**
   * Checks what can be told wrong by itself.
   *
   * @throws Failure for a number that is too small
   */
  void requireSound() {
    RunOptions.atLeast(1, "--epochs", epochs);
    RunOptions.atLeast(1, "--limit", limit);
  }

  /** What was given, for a study to keep; where data lie may differ from machine to machine. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (data != null) {
      map.put("data", data.toAbsolutePath().toString());
    }
    if (epochs != null) {
      map.put("epochs", epochs);
    }
    if (limit != null) {
      map.put("limit", limit);
    }
    return map;
  }

  /**
   * Takes what a study kept; data given now count more.
   *
   * @throws Failure when something else was given that the study has otherwise
   */
  void fillFrom(Map<String, Object> stored, String study) {
    if (data == null && stored.get("data") instanceof String path) {
      data = Path.of(path);
    }
    epochs = kept("epochs", epochs, stored, study);
    limit = kept("limit", limit, stored, study);
  }

  private static Integer kept(
      String name, Integer given, Map<String, Object> stored, String study) {
    Integer before = stored.get(name) instanceof Number number ? number.intValue() : null;
    if (given != null && !given.equals(before)) {
      throw new Failure(
          "study '"
              + study
              + "' was begun "
              + (before == null ? "without --" + name : "with --" + name + " " + before)
              + ", given "
              + given
              + ": leave the option out, or begin another study by sweep run --study NAME");
    }
    return before;
  }
}
