package io.dendra.training;

import io.dendra.data.Dataset;
import io.dendra.tensor.Device;
import io.dendra.training.callbacks.ProgressBar;
import io.dendra.training.parallel.DeviceList;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** How {@code fit} goes: {@code model.fit(data, o -> o.epochs(6).batchSize(128))}. */
public final class FitOptions {
  private int epochs = 1;
  private int initialEpoch;
  private int batchSize = Dataset.DEFAULT_BATCH_SIZE;
  private boolean shuffle = true;
  private long stepsPerEpoch = Long.MAX_VALUE;
  private int prefetch = 2;
  private double validationSplit;
  private Dataset validation;
  private List<Device> devices = List.of();
  private final List<Callback> callbacks = new ArrayList<>();

  FitOptions() {}

  private static int positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " has to be at least 1, given " + value);
    }
    return value;
  }

  /** How often to go through the data; 1 if not given. */
  public FitOptions epochs(int value) {
    this.epochs = positive("epochs", value);
    return this;
  }

  /** The number of the first epoch, for a training that goes on; 0 if not given. */
  public FitOptions initialEpoch(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("initialEpoch counts from 0, given " + value);
    }
    this.initialEpoch = value;
    return this;
  }

  /** Samples per step; 32 if not given. A dataset that is batched keeps its own. */
  public FitOptions batchSize(int value) {
    this.batchSize = positive("batchSize", value);
    return this;
  }

  /** Whether samples come in a new order in each epoch; they do if not said otherwise. */
  public FitOptions shuffle(boolean value) {
    this.shuffle = value;
    return this;
  }

  /** Ends each epoch after this many batches. */
  public FitOptions stepsPerEpoch(int value) {
    this.stepsPerEpoch = positive("stepsPerEpoch", value);
    return this;
  }

  /** How many batches are made ready in the background; 2 if not given, 0 for none. */
  public FitOptions prefetch(int batches) {
    this.prefetch = batches;
    return this;
  }

  /** Measures on this dataset after each epoch. */
  public FitOptions validation(Dataset data) {
    this.validation = data;
    return this;
  }

  /** Keeps the last part of the data, a share between 0 and 1, for validation. */
  public FitOptions validationSplit(double share) {
    this.validationSplit = share;
    return this;
  }

  /** Adds callbacks, called in their order. */
  public FitOptions callbacks(Callback... added) {
    callbacks.addAll(List.of(added));
    return this;
  }

  /** Draws a progress bar, for example on {@code System.out}. */
  public FitOptions progressBar(PrintStream out) {
    return callbacks(new ProgressBar(out));
  }

  /**
   * Trains on several devices at once: {@code devices("cuda:0", "cuda:1")}, or {@code "cuda:*"} for
   * all of a backend.
   *
   * <p>Each batch is split among them and their gradients are summed, so that the losses are those
   * of one device within rounding; dropout draws other numbers, and batch normalisation takes the
   * statistics of each part, as in Keras. The model has to be on one of them, and stays there; one
   * that has not been used yet goes to the first.
   *
   * @throws IllegalArgumentException when there is none, one comes twice, or a name is none
   * @throws io.dendra.backend.BackendException when all devices of a backend are asked for that is
   *     not there or cannot be used
   */
  public FitOptions devices(String... names) {
    this.devices = DeviceList.of(names);
    return this;
  }

  /**
   * Trains on several devices at once.
   *
   * @throws IllegalArgumentException when there is none, or one comes twice
   */
  public FitOptions devices(Device... all) {
    this.devices = DeviceList.checked(List.of(all));
    return this;
  }

  List<Device> devices() {
    return devices;
  }

  int epochs() {
    return epochs;
  }

  int initialEpoch() {
    return initialEpoch;
  }

  int batchSize() {
    return batchSize;
  }

  boolean shuffle() {
    return shuffle;
  }

  long stepsPerEpoch() {
    return stepsPerEpoch;
  }

  int prefetch() {
    return prefetch;
  }

  double validationSplit() {
    return validationSplit;
  }

  Dataset validation() {
    return validation;
  }

  List<Callback> callbacks() {
    return List.copyOf(callbacks);
  }
}
