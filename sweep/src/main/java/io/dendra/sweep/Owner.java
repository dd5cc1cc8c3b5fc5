package io.dendra.sweep;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.UUID;

/**
 * The process that works on a trial, as text that others can read: so a process that died on this
 * machine is known at once, without waiting for its silence.
 *
 * @param host the machine
 * @param process its number there
 * @param started when it started, in milliseconds: numbers are used again
 */
record Owner(String host, long process, long started) {
  /** Each JVM computes the time from the machine's start anew, which clock corrections move. */
  private static final long CLOCKS_DIFFER_MILLIS = 10_000;

  /** This process. */
  static Owner here() {
    return Here.OWNER;
  }

  /** A text that no other call gives. */
  String fresh() {
    return host + "/" + process + "/" + started + "/" + UUID.randomUUID();
  }

  /** The process of such a text; empty for one of another form. */
  static Optional<Owner> of(String text) {
    String[] parts = text.split("/", -1);
    try {
      return parts.length == 4
          ? Optional.of(new Owner(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2])))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether it ran on this machine and has ended. */
  boolean isKnownDead() {
    return host.equals(here().host)
        && ProcessHandle.of(process)
            .filter(ProcessHandle::isAlive)
            .filter(handle -> Math.abs(startOf(handle) - started) < CLOCKS_DIFFER_MILLIS)
            .isEmpty();
  }

  private static long startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
  }

  /** Looked up when first needed. */
  private static final class Here {
    static final Owner OWNER = look();

    private static Owner look() {
      ProcessHandle self = ProcessHandle.current();
      return new Owner(hostName(), self.pid(), startOf(self));
    }

    private static String hostName() {
      try {
        return InetAddress.getLocalHost().getHostName().replace('/', '-');
      } catch (UnknownHostException e) {
        return "localhost";
      }
    }
  }
}
