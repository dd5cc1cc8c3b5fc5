package io.dendra.training.parallel;

import io.dendra.backend.BackendException;
import io.dendra.tensor.Device;

/**
 * A step failed on one of several devices; the model holds the weights of the last whole step on
 * its own device.
 */
public final class ReplicaException extends RuntimeException {
  private final transient Device device;

  ReplicaException(int replica, Device device, Throwable cause) {
    super(
        "training on several devices failed in replica "
            + replica
            + " on "
            + device
            + ": "
            + (cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage())
            + "\nThe model holds the weights of the last whole step.",
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

  /** Where it failed. */
  public Device device() {
    return device;
  }
}
