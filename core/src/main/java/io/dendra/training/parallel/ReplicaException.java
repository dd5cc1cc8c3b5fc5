package io.dendra.training.parallel;

import io.dendra.backend.BackendException;
import io.dendra.backend.LateIndexException;
import io.dendra.backend.OpenDevice;
import io.dendra.ops.OpException;
import io.dendra.tensor.Device;

/**
 * A step failed on one of several devices. The model holds the weights of the last whole step on
 * its own device, unless the message says otherwise.
 */
public final class ReplicaException extends RuntimeException {
  private final transient Device device;

  ReplicaException(int replica, Device device, Throwable cause) {
    this(replica, device, cause, "The model holds the weights of the last whole step.");
  }

  private ReplicaException(int replica, Device device, Throwable cause, String state) {
    super(
        "training on several devices failed in replica "
            + replica
            + " on "
            + device
            + ": "
            + (cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage())
            + "\n"
            + state,
        cause);
    this.device = device;
  }

  /** Runs work on a device for a replica, whose failure is to say so. */
  static void on(Device device, int replica, Runnable work) {
    try {
      work.run();
    } catch (BackendException e) {
      throw new ReplicaException(replica, device, e);
    }
  }

  /** Waits for a device, which may have worked ahead of what it finds only now. */
  static void await(OpenDevice device, int replica) {
    String state = "The model holds weights that a step with this error has changed.";
    try {
      device.backend().synchronize();
    } catch (LateIndexException e) {
      throw new ReplicaException(replica, device.device(), OpException.late(e), state);
    } catch (BackendException e) {
      throw new ReplicaException(replica, device.device(), e, state);
    }
  }

  /** Where it failed. */
  public Device device() {
    return device;
  }
}
