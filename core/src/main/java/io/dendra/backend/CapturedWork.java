package io.dendra.backend;

/** Work that a device has recorded and does again, as a whole, as often as asked. */
public interface CapturedWork extends AutoCloseable {
  /** Does it, with the numbers that its variables have now, in the order of the device's work. */
  void replay();

  /** Forgets it. */
  @Override
  void close();
}
