package io.dendra.sweep.spark;

import io.dendra.sweep.Objective;
import io.dendra.sweep.OptimizeOptions;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepSummary;
import io.dendra.sweep.Trial;
import io.dendra.sweep.devices.DevicePool;
import io.dendra.sweep.devices.NoDeviceException;
import io.dendra.sweep.execution.ObjectiveClass;
import io.dendra.sweep.execution.TrialServer;
import io.dendra.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Optimizes a study on a Spark cluster: each trial is a task, on the GPUs that Spark gives it.
 *
 * <pre>{@code
 * // spark-submit --conf spark.executor.cores=4 --conf spark.task.cpus=4
 * //   --conf spark.executor.resource.gpu.amount=1 --conf spark.task.resource.gpu.amount=1 ...
 * try (JavaSparkContext spark = new JavaSparkContext(new SparkConf());
 *     Study study = Study.create("mnist", o -> o.sampler(new TpeSampler()))) {
 *   SparkSweep.on(spark).optimize(study, MnistObjective.class, o -> o.trials(100));
 *   System.out.println(study.best().parameterValues());
 * }
 * }</pre>
 *
 * <p>The study stays on the driver, where parameters are drawn and trials pruned; executors call
 * back while their trials run. Driver and executors need this library and the objective on their
 * class path. A trial whose executor is lost goes to another one.
 *
 * <p>Parallel trials are slots of <a
 * href="https://spark.apache.org/docs/latest/configuration.html#custom-resource-scheduling-and-configuration-overview">Spark's
 * resource scheduling</a>.
 */
public final class SparkSweep {
  private final JavaSparkContext spark;
  private int workers;
  private int port;
  private boolean shared;
  private String backend;

  private SparkSweep(JavaSparkContext spark) {
    this.spark = spark;
  }

  /** A sweep on the cluster of an application. */
  public static SparkSweep on(JavaSparkContext spark) {
    return new SparkSweep(spark);
  }

  /** How many trials run at once; as many as the executors have room for by default. */
  public SparkSweep workers(int workers) {
    if (workers < 1) {
      throw new IllegalArgumentException("at least 1 worker, given " + workers);
    }
    this.workers = workers;
    return this;
  }

  /**
   * The driver's port to which executors connect, where a firewall lets but some through; any free
   * one by default.
   */
  public SparkSweep port(int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("a port is a number up to 65535, given " + port);
    }
    this.port = port;
    return this;
  }

  /**
   * Accepts executors that run several trials at once, as they do with half GPUs. When one of them
   * crashes its process, the others start anew.
   */
  public SparkSweep sharedExecutors() {
    this.shared = true;
    return this;
  }

  /**
   * The backend that trials run on. By default that is CUDA where Spark gives GPUs, and without the
   * executor's own default, {@code -Ddendra.backend}.
   */
  public SparkSweep backend(String backend) {
    this.backend = Device.of(backend).backend();
    return this;
  }

  /**
   * Tries an objective many times. An instance is made for each trial, on the executor.
   *
   * @param objective a public class with a public constructor without parameters
   * @param settings those of {@link Study#optimize}; {@code workers}, {@code devices} and {@code
   *     executor} are Spark's, and have no effect
   * @throws IllegalArgumentException when the application's settings do not let trials run, with
   *     what to set
   * @throws IllegalStateException when the application ends before the sweep, whose trials then
   *     wait
   * @throws InterruptedException when the thread is interrupted; running trials wait again then
   */
  public SweepSummary optimize(
      Study study, Class<? extends Objective> objective, Consumer<OptimizeOptions> settings)
      throws InterruptedException {
    ObjectiveClass.requireMakeable(objective);
    return optimize(study, objective.getName(), settings);
  }

  /** The same for an objective that only the executors have, by the name of its class. */
  public SweepSummary optimize(Study study, String objective, Consumer<OptimizeOptions> settings)
      throws InterruptedException {
    ClusterSettings cluster = ClusterSettings.of(spark.getConf());
    if (!shared) {
      cluster.requireOneTrialPerExecutor();
    }
    int slots = workers > 0 ? workers : Slots.of(spark, cluster);
    try (TrialServer server = server(spark.getConf())) {
      return study.optimize(
          SparkSweep::onExecutors,
          o -> {
            settings.accept(o);
            o.devices(DevicePool.of(List.of(new Device("spark", 0)), slots));
            o.executor(
                (unused, limit) ->
                    new SparkRunner(
                        new SparkTrials(
                                spark,
                                server,
                                study.name(),
                                new SparkTrials.Work(objective, backend, limit))
                            ::run,
                        this::hasEnded));
          });
    } catch (NoDeviceException e) {
      throw new IllegalStateException(
          "the Spark application ended during the sweep of study '"
              + study.name()
              + "': its trials wait, to be run by another application",
          e);
    }
  }

  private static double onExecutors(Trial trial) {
    throw new IllegalStateException("trial " + trial.number() + " runs on an executor");
  }

  private boolean hasEnded() {
    return spark.sc().isStopped();
  }

  private TrialServer server(SparkConf conf) {
    String host = conf.get("spark.driver.host");
    String bound = conf.get("spark.driver.bindAddress", host);
    InetAddress address = new InetSocketAddress(bound, 0).getAddress();
    if (address == null) {
      throw new IllegalArgumentException(
          "spark.driver.bindAddress=" + bound + " is no address of this machine");
    }
    try {
      return TrialServer.open(address, port, host);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "port "
              + (port == 0 ? "" : port + " ")
              + "of "
              + bound
              + " cannot be opened for executors",
          e);
    }
  }
}
