package io.dendra.sweep.spark;

import io.dendra.sweep.Trial;
import io.dendra.sweep.execution.TrialOffer;
import io.dendra.sweep.execution.TrialOutcome;
import io.dendra.sweep.execution.TrialServer;
import java.time.Duration;
import java.util.List;
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
  private final String objective;
  private final String backend;

  SparkTrials(
      JavaSparkContext spark, TrialServer server, String study, String objective, String backend) {
    this.spark = spark;
    this.server = server;
    this.study = study;
    this.objective = objective;
    this.backend = backend;
  }

  /**
   * Runs a trial on whichever executor Spark chooses, and waits for its end. No job is left behind,
   * also when this thread is interrupted.
   */
  TrialOutcome run(Trial trial) throws InterruptedException {
    String name = "study " + study + ", trial " + trial.number();
    try (TrialOffer offer = server.offer(trial)) {
      CompletableFuture<TrialOutcome> outcome = offer.outcome();
      Future<?> job = submit(name, new TrialTask(offer.ticket().text(), objective, backend));
      try {
        TrialOutcome ended = await(offer, outcome, job);
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
  private static TrialOutcome await(
      TrialOffer offer, CompletableFuture<TrialOutcome> outcome, Future<?> job)
      throws InterruptedException {
    while (true) {
      boolean over = job.isDone();
      try {
        return outcome.get(over ? 0 : 200, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (over) {
          offer.abandon("the Spark job " + endOf(job));
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
