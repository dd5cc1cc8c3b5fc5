package io.dendra.sweep.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.models.Model;
import io.dendra.serialization.AtomicFile;
import io.dendra.serialization.ModelFileException;
import io.dendra.sweep.Trial;
import io.dendra.training.Callback;
import io.dendra.training.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a trial's model after its epochs into {@link Trial#directory}, and gives it back when the
 * trial is run again after a failure or a crash.
 *
 * <pre>{@code
 * TrialCheckpoint checkpoint = new TrialCheckpoint(trial);
 * try (Model model = checkpoint.resumeOr(() -> build(trial))) {
 *   model.fit(data, o -> o.epochs(20).initialEpoch(checkpoint.epoch())
 *       .callbacks(new PruningCallback(trial, "loss"), checkpoint));
 *   checkpoint.delete();
 *   return checkpoint.logs().get("loss");
 * }
 * }</pre>
 *
 * <p>A model file holds weights, optimizer, seed and the number of epochs, and everything random in
 * training follows from seed and epoch: so on a device that computes alike each time the result is
 * that of a training that was never interrupted, bit for bit. What other callbacks have counted,
 * such as the patience of early stopping, begins anew.
 *
 * <p>Comes after {@link PruningCallback} in the list of callbacks: what is saved has been reported.
 */
public final class TrialCheckpoint implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(TrialCheckpoint.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern MODEL = Pattern.compile("checkpoint-(\\d{1,9})\\.dendra");

  /** All files of checkpoints, those included that were not written to their end. */
  private static final Pattern OURS =
      Pattern.compile("checkpoint-\\d{1,9}\\.(dendra|json)|\\.dendra-[0-9a-f-]+\\.part");

  /**
   * What lies beside a model.
   *
   * @param logs of the last epoch
   * @param stopped whether a callback ended training there
   * @param origin whose training it is
   */
  private record Progress(Map<String, Double> logs, boolean stopped, CheckpointOrigin origin) {
    Progress {
      logs = logs == null ? Map.of() : new LinkedHashMap<>(logs);
    }
  }

  private final Trial trial;
  private final Path directory;
  private String data;
  private int interval = 1;
  private int epoch;
  private Map<String, Double> logs = Map.of();

  /** In the folder of a trial. */
  public TrialCheckpoint(Trial trial) {
    this.trial = trial;
    this.directory = trial.directory();
  }

  /** Saves after each so many epochs, and after the last; 1 by default, 0 for never. */
  public TrialCheckpoint every(int epochs) {
    if (epochs < 0) {
      throw new IllegalArgumentException("a number of epochs is needed, given " + epochs);
    }
    this.interval = epochs;
    return this;
  }

  /** What the trial trains on, by its hash: a checkpoint of other data is not gone on with. */
  public TrialCheckpoint data(String hash) {
    this.data = hash;
    return this;
  }

  /**
   * The model of the last checkpoint, on the default device, or a new one where there is none. The
   * caller closes it. A file that cannot be read is left aside, with a warning; one of another
   * trial, with another seed, other parameters or data, is removed.
   */
  public Model resumeOr(Supplier<? extends Model> fresh) {
    for (int saved : saved()) {
      try {
        Progress progress = JSON.readValue(progress(saved).toFile(), Progress.class);
        if (!CheckpointOrigin.of(trial, data).fits(progress.origin())) {
          LOG.info("{} is of another trial, so training starts anew", model(saved));
          remove(saved);
          continue;
        }
        Model model = Model.load(model(saved));
        if (model.isCompiled()) {
          logs = progress.logs();
          epoch = progress.stopped() ? Integer.MAX_VALUE : saved;
          LOG.info("trial {} goes on after epoch {}", trial.number(), saved);
          return model;
        }
        model.close();
        LOG.warn("{} does not hold how it is trained, so training starts anew", model(saved));
      } catch (ModelFileException | IOException e) {
        // Written whole, it can only be of another version, or have been damaged later.
        LOG.warn("{} cannot be used, so training goes back further", model(saved), e);
      }
    }
    epoch = 0;
    logs = Map.of();
    return fresh.get();
  }

  /**
   * How many epochs are done: what {@code initialEpoch} of fit takes. Beyond all epochs when a
   * callback had ended training.
   */
  public int epoch() {
    return epoch;
  }

  /** The values of the last epoch that is done, of this run or the one before; empty at first. */
  public Map<String, Double> logs() {
    return Collections.unmodifiableMap(logs);
  }

  @Override
  public void onEpochEnd(TrainingRun run, int finished, Map<String, Double> values) {
    epoch = finished + 1;
    logs = new LinkedHashMap<>(values);
    boolean stopped = run.stopReason() != null;
    if (interval > 0 && (epoch % interval == 0 || epoch == run.epochs() || stopped)) {
      save(run.model(), stopped);
    }
  }

  /** Progress first, then the model: a checkpoint is there when its model is. */
  private void save(Model model, boolean stopped) {
    Progress progress = new Progress(logs, stopped, CheckpointOrigin.of(trial, data));
    try {
      AtomicFile.write(progress(epoch), out -> out.write(JSON.writeValueAsBytes(progress)));
      model.save(model(epoch));
      for (int older : saved()) {
        if (older < epoch) {
          remove(older);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "trial " + trial.number() + " cannot be saved in " + directory, e);
    }
  }

  /** Removes what was saved, once the trial is done, and what runs that were killed left over. */
  public void delete() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (OURS.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("checkpoints in " + directory + " cannot be removed", e);
    }
  }

  private void remove(int saved) throws IOException {
    Files.deleteIfExists(model(saved));
    Files.deleteIfExists(progress(saved));
  }

  /** Where the model of a number of epochs is. */
  Path model(int epochs) {
    return directory.resolve("checkpoint-" + epochs + ".dendra");
  }

  private Path progress(int epochs) {
    return directory.resolve("checkpoint-" + epochs + ".json");
  }

  /** The numbers of epochs for which there is a model, the highest first. */
  private List<Integer> saved() {
    List<Integer> saved = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Matcher name = MODEL.matcher(file.getFileName().toString());
        if (name.matches()) {
          saved.add(Integer.parseInt(name.group(1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the folder of trial " + trial.number() + " cannot be read", e);
    }
    saved.sort(Comparator.reverseOrder());
    return saved;
  }
}
