package io.dendra.backend.cpu;

import org.bytedeco.javacpp.Pointer;

/** A pointer to memory it does not own, which can be moved: made once and reused on hot paths. */
final class RawAddress extends Pointer {
  RawAddress at(long newAddress) {
    address = newAddress;
    return this;
  }

  RawAddress at(long newAddress, long bytes) {
    address = newAddress;
    limit = bytes;
    capacity = bytes;
    return this;
  }
}
