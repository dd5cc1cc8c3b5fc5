package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Study;
import io.dendra.sweep.StudyOptions;
import io.dendra.sweep.StudyRecord;
import io.dendra.sweep.pruners.Pruner;
import io.dendra.sweep.samplers.PartialFixedSampler;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.storage.Storage;
import io.dendra.text.Suggestions;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

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
                      + (names.isEmpty() ? ", nor any other" : others(name, names)));
            });
  }

  private static String others(String name, List<String> names) {
    String near = Suggestions.nearest(name, names);
    return (near.isEmpty() ? "." : near) + " There are " + String.join(", ", names);
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
            : "which study? There are " + String.join(", ", names));
  }

  /** For looking at it alone. */
  static Study look(String name, Storage storage) {
    String found = record(nameOrOnly(name, storage), storage).name();
    return Study.load(found, o -> o.storage(storage));
  }

  /**
   * Goes on with a study.
   *
   * @throws Failure when its directions are others
   */
  static Study load(
      String name, Storage storage, SweepSettings settings, Consumer<StudyOptions> search) {
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
    return Study.load(
        name,
        o -> {
          search.accept(o);
          o.storage(storage);
        });
  }

  /**
   * How a study is searched, made before any storage is touched.
   *
   * @throws Failure when sampler or pruner cannot be made of the settings
   */
  static Consumer<StudyOptions> search(SweepSettings settings, Path directory) {
    Sampler sampler = SamplerName.of(settings.sampler()).create(settings);
    if (!settings.fixed().isEmpty()) {
      sampler = new PartialFixedSampler(settings.fixed(), sampler);
    }
    Sampler made = sampler;
    Pruner pruner = PrunerName.of(settings.pruner()).create();
    return options ->
        options
            .directions(settings.directions().toArray(Direction[]::new))
            .sampler(made)
            .pruner(pruner)
            .directory(directory);
  }
}
