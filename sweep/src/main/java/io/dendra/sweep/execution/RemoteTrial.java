package io.dendra.sweep.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dendra.random.RandomKey;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A trial whose study is in another process: what it suggests and decides comes from there.
 *
 * <p>A suggestion is one message there and back, so is a report, which brings along whether to
 * prune. All methods throw {@link DriverLostException} when the other process is gone; the trial
 * waits for another worker then.
 */
public final class RemoteTrial implements Trial, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteTrial.class);

  private final int number;
  private final DriverLink driver;
  private final Device device;
  private final RandomKey key;
  private final Map<String, Object> parameters = new LinkedHashMap<>();
  private final Map<String, Distribution> suggested = new LinkedHashMap<>();
  private Boolean prune;
  private Path directory;

  private RemoteTrial(TrialTicket ticket, DriverLink driver, Device device) {
    this.number = ticket.trial();
    this.driver = driver;
    ObjectNode welcome = driver.welcome();
    this.device = device != null ? device : Device.of(DriverLink.part(welcome, "device").asText());
    this.key = new RandomKey(DriverLink.part(welcome, "key").asLong());
    DriverLink.part(welcome, "parameters")
        .properties()
        .forEach(known -> parameters.put(known.getKey(), value(known.getValue())));
  }

  private static Object value(JsonNode node) {
    try {
      return Messages.value(node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes up the trial of a ticket, to be run on the device that its study chose.
   *
   * @throws DriverLostException when it cannot be had, with the reason
   */
  public static RemoteTrial connect(TrialTicket ticket) {
    return connect(ticket, null);
  }

  /** Takes up the trial of a ticket on a device of this process; null for the study's choice. */
  public static RemoteTrial connect(TrialTicket ticket, Device device) {
    return new RemoteTrial(ticket, DriverLink.connect(ticket), device);
  }

  /**
   * Runs the objective and tells the driver how it ended; the device is the thread's default
   * meanwhile. What the objective throws is told, not thrown here. When the driver is gone this
   * thread is interrupted, so that the objective ends.
   *
   * @throws DriverLostException when the driver is gone
   * @throws InterruptedException when the thread was interrupted otherwise: the driver then sees
   *     that the worker is gone
   */
  public void run(Objective objective) throws InterruptedException {
    Thread self = Thread.currentThread();
    driver.whenLost(self::interrupt);
    ObjectNode outcome;
    try {
      outcome = outcome(objective);
    } finally {
      driver.whenLost(() -> {});
    }
    driver.call(outcome);
  }

  private ObjectNode outcome(Objective objective) throws InterruptedException {
    try {
      double[] values = ObjectiveRun.evaluate(objective, this);
      ObjectNode complete = Messages.of(Messages.COMPLETE);
      ArrayNode list = complete.putArray("values");
      for (double value : values) {
        list.add(value);
      }
      return complete;
    } catch (TrialPrunedException e) {
      return Messages.of(Messages.PRUNED);
    } catch (InterruptedException e) {
      if (driver.isLost()) {
        throw new DriverLostException("trial " + number + " was given up: its driver is gone", e);
      }
      throw e;
    } catch (Throwable e) {
      LOG.warn("trial {} failed", number, e);
      return Messages.failed(e);
    }
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public Object suggest(String name, Distribution distribution) {
    if (distribution.equals(suggested.get(name))) {
      return parameters.get(name);
    }
    ObjectNode answer =
        driver.call(
            Messages.of(Messages.SUGGEST)
                .put("name", name)
                .set("distribution", Messages.distribution(distribution)));
    Object value = distribution.decode(DriverLink.part(answer, "value").asDouble());
    parameters.put(name, value);
    suggested.put(name, distribution);
    return value;
  }

  @Override
  public void report(int step, double value) {
    ObjectNode answer =
        driver.call(Messages.of(Messages.REPORT).put("step", step).put("value", value));
    prune = DriverLink.part(answer, "prune").asBoolean();
  }

  /** Costs nothing right after a report. */
  @Override
  public boolean shouldPrune() {
    Boolean known = prune;
    prune = null;
    return known != null
        ? known
        : DriverLink.part(driver.call(Messages.of(Messages.SHOULD_PRUNE)), "prune").asBoolean();
  }

  @Override
  public void attribute(String key, Object value) {
    driver.call(Messages.of(Messages.ATTRIBUTE).put("key", key).set("value", Messages.tree(value)));
  }

  @Override
  public Map<String, Object> parameters() {
    return new LinkedHashMap<>(parameters);
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public RandomKey key() {
    return key;
  }

  /** The folder of the study's machine, made here too; the same one on a shared file system. */
  @Override
  public Path directory() {
    if (directory == null) {
      ObjectNode answer = driver.call(Messages.of(Messages.DIRECTORY));
      try {
        directory = Files.createDirectories(Path.of(DriverLink.part(answer, "directory").asText()));
      } catch (IOException e) {
        throw new UncheckedIOException("the folder of trial " + number + " cannot be made", e);
      }
    }
    return directory;
  }

  /** Ends the connection; a trial that has not ended is given up by that. */
  @Override
  public void close() {
    try {
      driver.close();
    } catch (IOException e) {
      LOG.debug("the connection of trial {} could not be closed", number, e);
    }
  }
}
