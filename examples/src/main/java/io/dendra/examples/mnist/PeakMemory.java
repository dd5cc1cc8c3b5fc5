package io.dendra.examples.mnist;

import io.dendra.backend.OpenDevice;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The most memory used at once, in bytes.
 *
 * @param heapBytes of the Java heap, the peaks of its parts added up
 * @param residentBytes of the whole process, null where the system does not say
 * @param deviceBytes live in tensors on the device
 */
record PeakMemory(long heapBytes, Long residentBytes, long deviceBytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  static PeakMemory now(OpenDevice device) {
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
            .sum();
    return new PeakMemory(heap, resident(), device.memory().stats().peak());
  }

  private static Long resident() {
    try {
      return Files.exists(STATUS)
          ? Files.readAllLines(STATUS).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .map(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(null)
          : null;
    } catch (IOException e) {
      return null;
    }
  }
}
