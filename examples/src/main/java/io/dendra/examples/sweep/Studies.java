package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyOptions;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.samplers.PartialFixedSampler;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.storage.Storage;
import io.dendra.text.Suggestions;
import java.nio.file.Path;
import java.util.List;

/** Finds studies in a storage and makes them ready. */
final class Studies {
  private Studies() {}

  /**
   * What a storage knows of a study.
   *
   * @throws Failure when it has none of the name, with near ones
   */
  static StudyRecord record(String name, Storage storage) {
    return storage
        .findStudy(name)
        .orElseThrow(
            () -> {
              List<String> names = storage.studies().stream().map(StudyRecord::name).toList();
              return new Failure(
                  "there is no study '"
                      + name
                      + "'"
                      + Suggestions.nearest(name, names)
                      + (names.isEmpty() ? ", nor any other" : " There are " + names));
            });
  }

  /** The name given, or that of the only study there is. */
  static String nameOrOnly(String name, Storage storage) {
    if (name != null) {
      return name;
    }
    List<String> names = storage.studies().stream().map(StudyRecord::name).toList();
    if (names.size() == 1) {
      return names.get(0);
    }
    throw new Failure(
        names.isEmpty()
            ? "there is no study yet: sweep run mnist makes one"
            : "which study? There are " + names);
  }

  /** For looking at it alone. */
  static Study look(String name, Storage storage) {
    String found = record(nameOrOnly(name, storage), storage).name();
    return Study.load(found, o -> o.storage(storage));
  }

  static Study load(String name, Storage storage, SweepSettings settings, Path directory) {
    StudyRecord found = record(name, storage);
    if (!found.directions().equals(settings.directions())) {
      throw new Failure(
          "study '"
              + name
              + "' has directions "
              + found.directions()
              + ", given "
              + settings.directions()
              + ": name another study with --study");
    }
    return Study.load(name, o -> configure(o, storage, settings, directory));
  }

  static void configure(
      StudyOptions options, Storage storage, SweepSettings settings, Path directory) {
    Sampler sampler = SamplerName.of(settings.sampler()).create(settings);
    if (!settings.fixed().isEmpty()) {
      sampler = new PartialFixedSampler(settings.fixed(), sampler);
    }
    options
        .storage(storage)
        .directions(settings.directions().toArray(Direction[]::new))
        .sampler(sampler)
        .pruner(PrunerName.of(settings.pruner()).create())
        .directory(directory);
  }
}
