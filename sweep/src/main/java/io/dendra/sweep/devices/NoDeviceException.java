package io.dendra.sweep.devices;

import io.dendra.backend.BackendException;

/** All devices of a pool have been lost, so no more trials can be run on it. */
public final class NoDeviceException extends BackendException {
  NoDeviceException(String message) {
    super(message);
  }
}
