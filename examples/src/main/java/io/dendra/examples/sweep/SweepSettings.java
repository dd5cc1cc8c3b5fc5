package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.sweep.Direction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a sweep was begun with, kept in its study so that it goes on with the same.
 *
 * @param task the objective's name
 * @param classPath where its class lies, or none
 * @param directions which values are better
 * @param fixed parameters that are not searched for
 * @param grid the values of a grid
 * @param sampler its name on the command line
 * @param pruner its name on the command line
 * @param trials how many the study is to have
 * @param options of the task that were given, such as the number of epochs
 */
record SweepSettings(
    String task,
    List<String> classPath,
    List<Direction> directions,
    String sampler,
    String pruner,
    Map<String, Object> fixed,
    Map<String, Object> grid,
    int trials,
    Map<String, Object> options) {
  static final String KEY = "dendra:settings";

  /** As JSON. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("objective", task);
    map.put("class path", classPath);
    map.put(
        "directions",
        directions.stream().map(direction -> direction.name().toLowerCase(Locale.ROOT)).toList());
    map.put("sampler", sampler);
    map.put("pruner", pruner);
    map.put("fixed", fixed);
    map.put("grid", grid);
    map.put("trials", trials);
    map.put("options", options);
    return map;
  }

  /**
   * What a study stored.
   *
   * @throws Failure when it is of another form
   */
  static SweepSettings of(String study, Object stored) {
    try {
      Map<?, ?> map = (Map<?, ?>) stored;
      return new SweepSettings(
          (String) map.get("objective"),
          strings(map.get("class path")),
          strings(map.get("directions")).stream().map(SweepSettings::direction).toList(),
          (String) map.get("sampler"),
          (String) map.get("pruner"),
          strung(map.get("fixed")),
          strung(map.get("grid")),
          ((Number) map.get("trials")).intValue(),
          strung(map.get("options")));
    } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
      throw new Failure(
          "the settings stored in study '"
              + study
              + "' cannot be read; give them again: sweep run OBJECTIVE --study "
              + study,
          e);
    }
  }

  static Direction direction(String name) {
    return Direction.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static List<String> strings(Object list) {
    List<String> all = new ArrayList<>();
    ((List<?>) list).forEach(item -> all.add((String) item));
    return all;
  }

  private static Map<String, Object> strung(Object map) {
    Map<String, Object> all = new LinkedHashMap<>();
    ((Map<?, ?>) map).forEach((key, value) -> all.put((String) key, value));
    return all;
  }

  /**
   * Compares all but the number of trials and where data lie.
   *
   * @throws Failure when something is not as it was
   */
  void requireSame(SweepSettings before, String study) {
    Map<String, Object> now = comparable(toMap());
    Map<String, Object> then = comparable(before.toMap());
    for (Map.Entry<String, Object> entry : now.entrySet()) {
      Object stored = then.get(entry.getKey());
      if (!String.valueOf(entry.getValue()).equals(String.valueOf(stored))) {
        throw new Failure(
            "study '"
                + study
                + "' has "
                + entry.getKey()
                + " "
                + stored
                + ", given "
                + entry.getValue()
                + ": sweep resume "
                + study
                + " goes on with what it has, --study NAME begins another");
      }
    }
  }

  private static Map<String, Object> comparable(Map<String, Object> settings) {
    Map<String, Object> map = new LinkedHashMap<>(settings);
    map.remove("trials");
    map.remove("class path");
    Map<String, Object> kept = strung(map.get("options"));
    kept.remove("data");
    map.put("options", kept);
    return map;
  }

  SweepSettings withTrials(int number) {
    return new SweepSettings(
        task, classPath, directions, sampler, pruner, fixed, grid, number, options);
  }
}
