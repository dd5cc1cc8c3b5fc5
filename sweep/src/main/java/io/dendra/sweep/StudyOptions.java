package io.dendra.sweep;

import io.dendra.sweep.pruners.Pruner;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.samplers.TpeSampler;
import io.dendra.sweep.storage.InMemoryStorage;
import io.dendra.sweep.storage.Storage;
import io.dendra.sweep.storage.Storages;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** How a study is made or loaded. */
public final class StudyOptions {
  private Storage storage;
  private boolean ownsStorage;
  private List<Direction> directions = List.of(Direction.MINIMIZE);
  private Sampler sampler = new TpeSampler();
  private Pruner pruner = Pruner.NONE;
  private OptionalLong seed = OptionalLong.empty();
  private boolean loadIfExists;
  private Path directory = Path.of("sweeps");

  StudyOptions() {}

  /** Where it is kept; in the memory of this process by default. Closed by whoever made it. */
  public StudyOptions storage(Storage storage) {
    this.storage = storage;
    this.ownsStorage = false;
    return this;
  }

  /**
   * Where it is kept, by the text that names it, such as {@code sqlite:///sweeps.db}; see {@link
   * Storages#open}. The study closes it.
   */
  public StudyOptions storage(String address) {
    this.storage = Storages.open(address);
    this.ownsStorage = true;
    return this;
  }

  /** Which values are better, for each objective; small ones by default. */
  public StudyOptions directions(Direction... directions) {
    if (directions.length == 0) {
      throw new IllegalArgumentException("a study has at least one direction");
    }
    this.directions = List.of(directions);
    return this;
  }

  /** What draws parameters; a {@link TpeSampler} by default, for several objectives too. */
  public StudyOptions sampler(Sampler sampler) {
    this.sampler = sampler;
    return this;
  }

  /** What ends trials early; none by default. */
  public StudyOptions pruner(Pruner pruner) {
    this.pruner = pruner;
    return this;
  }

  /** From which all random numbers come; 0 by default. A study that is loaded keeps its own. */
  public StudyOptions seed(long seed) {
    this.seed = OptionalLong.of(seed);
    return this;
  }

  /** Makes {@link Study#create} go on with a study of the name if there is one. */
  public StudyOptions loadIfExists() {
    this.loadIfExists = true;
    return this;
  }

  /** Where trials have their folders; {@code sweeps} in the working directory by default. */
  public StudyOptions directory(Path directory) {
    this.directory = directory;
    return this;
  }

  Storage storage() {
    if (storage == null) {
      storage = new InMemoryStorage();
      ownsStorage = true;
    }
    return storage;
  }

  /** Runs what needs the storage, and closes it on failure if nobody else will. */
  <T> T orClose(Supplier<T> body) {
    try {
      return body.get();
    } catch (RuntimeException | Error e) {
      if (ownsStorage) {
        storage.close();
      }
      throw e;
    }
  }

  boolean ownsStorage() {
    return ownsStorage;
  }

  List<Direction> directions() {
    return directions;
  }

  Sampler sampler() {
    return sampler;
  }

  Pruner pruner() {
    return pruner;
  }

  OptionalLong seed() {
    return seed;
  }

  boolean loadsIfExists() {
    return loadIfExists;
  }

  Path directory() {
    return directory;
  }
}
