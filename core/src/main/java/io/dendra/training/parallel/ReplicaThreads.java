package io.dendra.training.parallel;

import io.dendra.backend.Backends;
import io.dendra.nn.layers.Replica;
import io.dendra.ops.Fused;
import io.dendra.tensor.Device;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * A thread for each replica of a model.
 *
 * <p>Replicas wait for each other in a {@link Meeting} at most, which lets them go when one fails;
 * the caller waits for all of them.
 */
final class ReplicaThreads implements AutoCloseable {
  private final List<Device> devices;
  private final List<ExecutorService> threads = new ArrayList<>();

  ReplicaThreads(List<Device> devices) {
    this.devices = devices;
    for (Device device : devices) {
      threads.add(
          Executors.newSingleThreadExecutor(
              work -> {
                Thread thread = new Thread(work, "dendra-replica-" + device);
                thread.setDaemon(true);
                return thread;
              }));
    }
  }

  /**
   * Runs the work of all replicas at once and waits until all are done, also when one has failed
   * before. Each runs with its weights, its device as the default, and a scope of its own.
   *
   * <p>An interrupt of the caller stays noted and ends nothing: a step is done as a whole or not at
   * all.
   *
   * @throws ReplicaException about the first replica that failed; the others are suppressed in it
   */
  void run(IntConsumer work) {
    boolean fused = Fused.isOn();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      int replica = i;
      running.add(threads.get(i).submit(() -> runAs(replica, fused, work)));
    }
    List<ReplicaException> failures = new ArrayList<>();
    for (int i = 0; i < running.size(); i++) {
      Throwable cause = await(running.get(i));
      if (cause != null) {
        failures.add(new ReplicaException(i, devices.get(i), cause));
      }
    }
    if (!failures.isEmpty()) {
      throw first(failures);
    }
  }

  /** The first that did not fail because of another one, with the others suppressed. */
  private static ReplicaException first(List<ReplicaException> failures) {
    ReplicaException first =
        failures.stream()
            .filter(e -> !(e.getCause() instanceof Meeting.AbandonedException))
            .findFirst()
            .orElse(failures.get(0));
    failures.stream().filter(e -> e != first).forEach(first::addSuppressed);
    return first;
  }

  private void runAs(int replica, boolean fused, IntConsumer work) {
    Runnable scoped =
        () -> {
          try (TensorScope scope = TensorScope.open("replica " + replica)) {
            work.accept(replica);
          }
        };
    Backends.use(
        devices.get(replica),
        () ->
            Replica.run(
                replica,
                () ->
                    Fused.using(
                        fused,
                        () -> {
                          scoped.run();
                          return null;
                        })));
  }

  /** What it failed of, or null. */
  private static Throwable await(Future<?> running) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          running.get();
          return null;
        } catch (ExecutionException e) {
          return e.getCause();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    threads.forEach(ExecutorService::shutdown);
  }
}
