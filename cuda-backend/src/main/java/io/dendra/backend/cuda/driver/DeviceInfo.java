package io.dendra.backend.cuda.driver;

/**
 * What the driver says of a device.
 *
 * @param name its name
 * @param bytes its memory
 * @param major the compute capability before the dot
 * @param minor the compute capability after the dot
 * @param multiprocessors the number of streaming multiprocessors
 * @param sharedBytes the most shared memory a block can ask for
 */
public record DeviceInfo(
    String name, long bytes, int major, int minor, int multiprocessors, int sharedBytes) {
  /** The number in {@code sm_90}. */
  public int architecture() {
    return 10 * major + minor;
  }
}
