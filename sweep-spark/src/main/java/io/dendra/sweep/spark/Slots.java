package io.dendra.sweep.spark;

import java.time.Duration;
import java.time.Instant;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** For how many trials at once the executors of an application have room. */
final class Slots {
  private static final Duration COMING = Duration.ofSeconds(60);
  private static final Duration SETTLING = Duration.ofSeconds(3);

  private Slots() {}

  static int of(JavaSparkContext spark, ClusterSettings cluster) throws InterruptedException {
    SparkConf conf = spark.getConf();
    if (cluster.local()) {
      return spark.defaultParallelism();
    }
    int executors;
    if (conf.getBoolean("spark.dynamicAllocation.enabled", false)) {
      executors = conf.getInt("spark.dynamicAllocation.maxExecutors", 0);
      if (executors == 0) {
        throw new IllegalArgumentException(
            "executors come as they are needed, so say how many trials may run at once: call"
                + " workers(...), or set spark.dynamicAllocation.maxExecutors");
      }
    } else if (conf.contains("spark.executor.instances")) {
      executors = conf.getInt("spark.executor.instances", 1);
    } else {
      executors = settled(spark);
    }
    int each = cluster.trialsPerExecutor();
    return each > 0
        ? executors * each
        : Math.max(1, spark.defaultParallelism() / conf.getInt("spark.task.cpus", 1));
  }

  /** The executors that have come, when no more come for a while. */
  private static int settled(JavaSparkContext spark) throws InterruptedException {
    Instant begin = Instant.now();
    Instant changed = begin;
    int executors = 0;
    while (executors == 0 || elapsed(changed).compareTo(SETTLING) < 0) {
      if (executors == 0 && elapsed(begin).compareTo(COMING) > 0) {
        throw new IllegalStateException(
            "no executor came within "
                + COMING.toSeconds()
                + " seconds: does the cluster have free workers with the cores, memory and GPUs"
                + " that spark.executor.* asks for? The application's page says what it waits for");
      }
      Thread.sleep(100);
      // The driver is in it too.
      int now = spark.sc().getExecutorMemoryStatus().size() - 1;
      if (now != executors) {
        executors = now;
        changed = Instant.now();
      }
    }
    return executors;
  }

  private static Duration elapsed(Instant since) {
    return Duration.between(since, Instant.now());
  }
}
