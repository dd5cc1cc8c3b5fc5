package io.dendra.examples.sweep;

import io.dendra.sweep.Direction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** How a sweep searches: what a study keeps from its beginning. */
final class SearchOptions {
  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      converter = SamplerName.ByName.class,
      description =
          "What draws parameters: ${COMPLETION-CANDIDATES}. Default: tpe, nsga2 for several"
              + " objectives.")
  SamplerName sampler;

  @Option(
      names = "--pruner",
      paramLabel = "NAME",
      converter = PrunerName.ByName.class,
      description =
          "What ends hopeless trials early: ${COMPLETION-CANDIDATES}. Default: asha, none for"
              + " several objectives.")
  PrunerName pruner;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed gives the same sweep with one worker. Default: 0.")
  private Long seed;

  @Option(
      names = "--direction",
      paramLabel = "NAMES",
      split = ",",
      description =
          "For a class of yours: minimize or maximize, for each of its objectives. Default:"
              + " minimize.")
  private List<String> directions = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      converter = Words.Assignments.class,
      description = "Fix a parameter instead of searching for it.")
  private List<Map<String, Object>> fixed = List.of();

  @Option(
      names = "--grid",
      paramLabel = "NAME=A:B:C",
      converter = Words.Assignments.class,
      description = "The values of a parameter for --sampler grid, colons between them.")
  private List<Map<String, Object>> grid = List.of();

  @Option(
      names = "--classpath",
      paramLabel = "PATHS",
      description = "Where a class of yours lies: jars and folders, as for java -cp.")
  private String classPath;

  OptionalLong seed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  List<String> classPath() {
    return classPath == null ? List.of() : List.of(classPath.split(java.io.File.pathSeparator));
  }

  Map<String, Object> fixed() {
    return joined(fixed);
  }

  Map<String, Object> grid() {
    Map<String, Object> all = new LinkedHashMap<>();
    joined(grid)
        .forEach(
            (name, values) -> {
              List<Object> list = new ArrayList<>();
              for (String word : String.valueOf(values).split(":", -1)) {
                list.add(Words.value(word));
              }
              all.put(name, list);
            });
    return all;
  }

  private static Map<String, Object> joined(List<Map<String, Object>> parts) {
    Map<String, Object> all = new LinkedHashMap<>();
    parts.forEach(all::putAll);
    return all;
  }

  /** Those given, or else those of the task. */
  List<Direction> directions(List<Direction> own) {
    if (directions.isEmpty()) {
      return own;
    }
    return directions.stream().map(SearchOptions::direction).toList();
  }

  private static Direction direction(String name) {
    try {
      return SweepSettings.direction(name);
    } catch (IllegalArgumentException e) {
      throw new io.dendra.examples.cli.Failure(
          "--direction is minimize or maximize, given '" + name + "'", e);
    }
  }
}
