package io.dendra.sweep.spark;

import java.util.Locale;
import org.apache.spark.SparkConf;

/**
 * What the settings of a Spark application mean for trials, once it is sure that they can run.
 *
 * @param gpusPerTrial the GPUs that Spark gives to a trial: 0, a part of one up to a half, or whole
 *     ones
 * @param trialsPerExecutor how many trials Spark starts at once in one executor
 * @param local whether there are no executors: trials run in the driver's process
 */
record ClusterSettings(double gpusPerTrial, int trialsPerExecutor, boolean local) {
  private static final String TASK_GPUS = "spark.task.resource.gpu.amount";
  private static final String EXECUTOR_GPUS = "spark.executor.resource.gpu.amount";
  private static final String CORES = "spark.executor.cores";
  private static final String TASK_CPUS = "spark.task.cpus";

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException when trials could not run, or not as they should, with what to
   *     set
   */
  static ClusterSettings of(SparkConf conf) {
    String master = conf.get("spark.master", "");
    boolean local = master.equals("local") || master.startsWith("local[");
    double task = amount(conf, TASK_GPUS);
    double executor = amount(conf, EXECUTOR_GPUS);
    if (conf.getBoolean("spark.speculation", false)) {
      throw new IllegalArgumentException(
          "spark.speculation is on: Spark would start a slow trial a second time, and a trial is"
              + " run once. Leave it off for an application that sweeps");
    }
    if (local && (task > 0 || executor > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "master '%s' has no executors, and so no GPUs: Spark would wait for %s=%s for ever."
                  + " Use a cluster (spark://, yarn, k8s://, or local-cluster[...] on one machine),"
                  + " or leave the GPU amounts away, and set -Ddendra.backend=cuda for GPU 0",
              master,
              task > 0 ? TASK_GPUS : EXECUTOR_GPUS,
              conf.get(task > 0 ? TASK_GPUS : EXECUTOR_GPUS)));
    }
    if (task > 0.5 && task != Math.rint(task)) {
      throw new IllegalArgumentException(
          TASK_GPUS
              + "="
              + conf.get(TASK_GPUS)
              + ": a trial has whole GPUs (1, 2, ...), or at most a half of one (0.5, 0.25, ...)"
              + " that it shares");
    }
    if (executor != Math.rint(executor)) {
      throw new IllegalArgumentException(
          EXECUTOR_GPUS + "=" + conf.get(EXECUTOR_GPUS) + ": an executor has whole GPUs");
    }
    if (task > executor) {
      throw new IllegalArgumentException(
          TASK_GPUS
              + "="
              + conf.get(TASK_GPUS)
              + " is more than an executor has: set "
              + EXECUTOR_GPUS
              + " to "
              + (long) Math.ceil(task)
              + " or more");
    }
    if (executor > 0 && task == 0) {
      throw new IllegalArgumentException(
          EXECUTOR_GPUS
              + "="
              + conf.get(EXECUTOR_GPUS)
              + ", but trials would get none of them: set "
              + TASK_GPUS);
    }
    return new ClusterSettings(task, local ? 1 : trialsPerExecutor(conf, task, executor), local);
  }

  private static double amount(SparkConf conf, String key) {
    String text = conf.get(key, "0");
    double amount;
    try {
      amount = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(key + "=" + text + " is no number", e);
    }
    if (!(amount >= 0) || Double.isInfinite(amount)) {
      throw new IllegalArgumentException(key + "=" + text + ": it has to be 0 or more");
    }
    return amount;
  }

  /** By GPUs or cores, of which there are fewer; 0 when Spark alone knows. */
  private static int trialsPerExecutor(SparkConf conf, double task, double executor) {
    int byGpus = Integer.MAX_VALUE;
    if (task > 0) {
      int sharing = task < 1 ? (int) Math.floor(1 / task) : 1;
      byGpus = task < 1 ? sharing * (int) executor : (int) (executor / task);
    }
    int byCores = Integer.MAX_VALUE;
    String master = conf.get("spark.master", "");
    boolean oneByDefault = master.equals("yarn") || master.startsWith("k8s");
    if (conf.contains(CORES) || oneByDefault) {
      byCores = conf.getInt(CORES, 1) / Math.max(1, conf.getInt(TASK_CPUS, 1));
    }
    int trials = Math.min(byGpus, byCores);
    return trials == Integer.MAX_VALUE ? 0 : trials;
  }

  /**
   * Refuses executors with several trials: a trial that crashes its process, as native code can,
   * ends its neighbours too.
   */
  void requireOneTrialPerExecutor() {
    if (!local && trialsPerExecutor != 1) {
      throw new IllegalArgumentException(
          (trialsPerExecutor == 0
                  ? "an executor would run as many trials as it has cores"
                  : "an executor would run " + trialsPerExecutor + " trials")
              + " at once, and one that crashes takes the others with it. Set "
              + CORES
              + " and "
              + TASK_CPUS
              + " to the same number and "
              + EXECUTOR_GPUS
              + " to what a trial needs, or call sharedExecutors() to accept that");
    }
  }
}
