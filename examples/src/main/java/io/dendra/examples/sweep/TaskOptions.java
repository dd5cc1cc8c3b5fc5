package io.dendra.examples.sweep;

import java.nio.file.Path;
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
      description = "For mnist: how often a trial goes through the data. Default: 9.")
  Integer epochs;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "For mnist: use the first N training and at most N test pictures.")
  Integer limit;
}
