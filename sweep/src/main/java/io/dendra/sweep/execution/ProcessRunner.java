package io.dendra.sweep.execution;

import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.Trial;
import io.dendra.sweep.devices.DeviceLease;
import io.dendra.tensor.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Runs the trials of a sweep in worker processes. */
final class ProcessRunner implements TrialExecutor.Runner {
  /** A device that is dead in so many fresh processes one after the other is dead. */
  private static final int LOST = 2;

  private final Function<DeviceLease, WorkerCommand> commands;
  private final boolean reuse;
  private final Optional<Duration> limit;
  private final TrialServer server;
  private final Map<DeviceLease, WorkerProcess> idle = new ConcurrentHashMap<>();
  private final Map<WorkerProcess, Boolean> alive = new ConcurrentHashMap<>();
  private final Map<Device, Integer> losses = new ConcurrentHashMap<>();
  private volatile boolean closed;

  ProcessRunner(
      Function<DeviceLease, WorkerCommand> commands, boolean reuse, Optional<Duration> limit) {
    this.commands = commands;
    this.reuse = reuse;
    this.limit = limit;
    try {
      this.server = TrialServer.open();
    } catch (IOException e) {
      throw new UncheckedIOException("workers have no way to connect: no port is free", e);
    }
  }

  @Override
  public TrialOutcome run(Trial trial, DeviceLease slot) throws InterruptedException {
    WorkerProcess worker = null;
    boolean keep = false;
    try (TrialOffer offer = server.offer(trial)) {
      worker = worker(trial, slot);
      worker.begin(trial, offer);
      TrialOutcome outcome = await(trial, offer, worker);
      keep = reuse && !(outcome instanceof TrialOutcome.Failed);
      return judged(slot.device(), outcome);
    } catch (IOException e) {
      return new TrialOutcome.Failed(
          new WorkerLostException("the worker of trial " + trial.number() + " did not start", e));
    } finally {
      if (worker != null) {
        release(slot, worker, keep);
      }
    }
  }

  private WorkerProcess worker(Trial trial, DeviceLease slot) throws IOException {
    WorkerProcess waiting = idle.remove(slot);
    if (waiting != null && waiting.isAlive()) {
      return waiting;
    }
    WorkerProcess made =
        new WorkerProcess(commands.apply(slot), slot.toString(), trial.directory().getParent());
    alive.put(made, true);
    if (closed) {
      made.kill();
    }
    return made;
  }

  private void release(DeviceLease slot, WorkerProcess worker, boolean keep) {
    if (keep && worker.isAlive() && !closed) {
      idle.put(slot, worker);
    } else {
      worker.kill();
      alive.remove(worker);
    }
  }

  private TrialOutcome await(Trial trial, TrialOffer offer, WorkerProcess worker)
      throws InterruptedException {
    try {
      worker.whenEnded(() -> offer.abandon("the worker of trial " + trial.number() + " ended"));
      TrialOutcome outcome =
          limit.isPresent()
              ? offer.outcome().get(limit.get().toMillis(), TimeUnit.MILLISECONDS)
              : offer.outcome().get();
      return outcome instanceof TrialOutcome.Failed failed
              && failed.cause() instanceof WorkerLostException lost
          ? new TrialOutcome.Failed(worker.death(trial, lost))
          : outcome;
    } catch (TimeoutException e) {
      return new TrialOutcome.Failed(
          new TrialTimeoutException(trial.number(), limit.orElseThrow(), null));
    } catch (ExecutionException e) {
      return new TrialOutcome.Failed(e.getCause());
    }
  }

  /** What is lost to one process need not be to the next. */
  private TrialOutcome judged(Device device, TrialOutcome outcome) {
    if (!(outcome instanceof TrialOutcome.Failed failed
        && failed.cause() instanceof RemoteFailureException cause
        && cause.isDeviceLost())) {
      losses.remove(device);
      return outcome;
    }
    int times = losses.merge(device, 1, Integer::sum);
    return times < LOST
        ? outcome
        : new TrialOutcome.Failed(
            new DeviceLostException(
                device + " was lost in " + times + " processes one after the other", cause));
  }

  @Override
  public void close() {
    closed = true;
    server.close();
    alive.keySet().forEach(WorkerProcess::kill);
  }
}
