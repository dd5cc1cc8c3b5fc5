package io.dendra.sweep.spark;

import io.dendra.sweep.Trial;
import io.dendra.sweep.execution.TrialOffer;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.execution.TrialServer;
import io.dendra.sweep.execution.TrialTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs trials as jobs of Spark of one task each. */
final class SparkTrials {
  private static final Logger LOG = LoggerFactory.getLogger(SparkTrials.class);

  /** How long a task may take to end after its trial has. */
  private static final Duration ENDING = Duration.ofSeconds(10);

  private final JavaSparkContext spark;
  private final TrialServer server;
  private final String study;
  private final Work work;

  /**
   * What each trial is to do.
   *
   * @param objective the name of its class
   * @param backend to run on, null for the devices that Spark gives
   * @param limit how long a trial may take, from when it is given to Spark
   */
  record Work(String objective, String backend, Optional<Duration> limit) {}

  SparkTrials(JavaSparkContext spark, TrialServer server, String study, Work work) {
    this.spark = spark;
    this.server = server;
    this.study = study;
    this.work = work;
  }

  /**
   * Runs a trial on whichever executor Spark chooses, and waits for its end. No job is left behind,
   * also when this thread is interrupted.
   */
  TrialOutcome run(Trial trial) throws InterruptedException {
    String name = "study " + study + ", trial " + trial.number();
    try (TrialOffer offer = server.offer(trial)) {
      Future<?> job =
          submit(name, new TrialTask(offer.ticket().text(), work.objective(), work.backend()));
      try {
        TrialOutcome ended = await(trial, offer, job);
        if (!(ended instanceof TrialOutcome.Failed)) {
          awaitEnd(name, job);
        }
        return ended;
      } finally {
        // Interrupts the objective where it still runs, and keeps Spark from trying it again.
        job.cancel(true);
      }
    }
  }

  private Future<?> submit(String name, TrialTask task) {
    // Of this thread alone. A pool of its own shares executors fairly with the application's other
    // jobs, where spark.scheduler.mode is FAIR.
    spark.setLocalProperty("spark.scheduler.pool", "dendra-sweep");
    spark.setJobGroup("dendra-sweep-" + study, name, true);
    try {
      return spark.parallelize(List.of(0), 1).foreachPartitionAsync(task);
    } finally {
      spark.clearJobGroup();
      spark.setLocalProperty("spark.scheduler.pool", null);
    }
  }

  /** Spark knows of tasks that never came to take up their trial, or ended without a word. */
  private TrialOutcome await(Trial trial, TrialOffer offer, Future<?> job)
      throws InterruptedException {
    CompletableFuture<TrialOutcome> outcome = offer.outcome();
    long begin = System.nanoTime();
    while (true) {
      boolean over = job.isDone();
      try {
        return outcome.get(over ? 0 : 200, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (over) {
          offer.abandon("the Spark job " + endOf(job));
        }
        if (work.limit().isPresent()
            && System.nanoTime() - begin >= work.limit().get().toNanos()
            && !outcome.isDone()) {
          return new TrialOutcome.Failed(
              new TrialTimeoutException(trial.number(), work.limit().get(), null));
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("a trial's outcome is never an error", e);
      }
    }
  }

  private static String endOf(Future<?> job) throws InterruptedException {
    try {
      job.get();
      return "ended without telling of its trial";
    } catch (ExecutionException e) {
      return "failed: " + e.getCause().getMessage();
    }
  }

  private static void awaitEnd(String name, Future<?> job) throws InterruptedException {
    try {
      job.get(ENDING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("{} has ended, but not its Spark task, which is cancelled", name);
    } catch (ExecutionException e) {
      LOG.debug("{} has ended, its Spark task failed after that", name, e);
    }
  }
}
