package io.dendra.sweep.spark;

import io.dendra.sweep.Objective;
import io.dendra.sweep.execution.ObjectiveClass;
import io.dendra.sweep.execution.RemoteTrial;
import io.dendra.sweep.execution.TrialTicket;
import io.dendra.tensor.Device;
import java.util.Iterator;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;

/**
 * What runs on an executor: one trial, which is taken up from the driver by its ticket. Spark sends
 * it by Java serialization, so it is three strings, and the objective is made there by its name.
 *
 * @param ticket of the trial, its secret included
 * @param objective the name of its class
 * @param backend to run on, null for the devices that Spark gives
 */
record TrialTask(String ticket, String objective, String backend)
    implements VoidFunction<Iterator<Integer>> {
  /** The attribute of a trial that names the executor on which it ran. */
  static final String EXECUTOR = "spark:executor";

  /** The attribute of a trial that lists the addresses of its GPUs. */
  static final String ADDRESSES = "spark:gpu";

  @Override
  public void call(Iterator<Integer> unused) throws InterruptedException {
    TaskContext task = TaskContext.get();
    Device device;
    RuntimeException wrong = null;
    try {
      device =
          TaskDevices.of(
                  TaskDevices.addresses(task), backend, System.getenv("CUDA_VISIBLE_DEVICES"))
              .get(0);
    } catch (RuntimeException e) {
      // The trial's failure, to be told to the driver; not one of Spark's.
      device = new Device("reference", 0);
      wrong = e;
    }
    RuntimeException failure = wrong;
    try (RemoteTrial trial = RemoteTrial.connect(TrialTicket.of(ticket), device)) {
      trial.run(
          Objective.several(
              running -> {
                running.attribute(EXECUTOR, SparkEnv.get().executorId());
                running.attribute(ADDRESSES, TaskDevices.addresses(task));
                if (failure != null) {
                  throw failure;
                }
                return ObjectiveClass.make(objective).evaluateAll(running);
              }));
    }
  }
}
