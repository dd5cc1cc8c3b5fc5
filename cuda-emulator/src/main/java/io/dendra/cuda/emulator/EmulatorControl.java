package io.dendra.cuda.emulator;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What the emulated driver in this JVM is told and asked while it runs. There is one driver per
 * JVM, so all controls share its state.
 */
public final class EmulatorControl {

  private EmulatorControl() {}

  static EmulatorControl load(Path library) {
    System.load(library.toString());
    return new EmulatorControl();
  }

  private static native byte[] execute(byte[] command);

  private static String command(String text) {
    String answer =
        new String(execute(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    if (answer.startsWith("error: ")) {
      throw new IllegalStateException("CUDA emulator: " + answer.substring("error: ".length()));
    }
    return answer;
  }

  /** Sets the number of devices; 0 is a driver without a device. Only before {@code cuInit}. */
  public EmulatorControl devices(int count) {
    command("devices " + count);
    return this;
  }

  /** Sets the memory of every device. */
  public EmulatorControl deviceMegabytes(int megabytes) {
    command("memory " + megabytes);
    return this;
  }

  /**
   * In deferred mode streams do nothing until somebody synchronises: what forgets to, sees stale
   * data.
   */
  public EmulatorControl deferred(boolean deferred) {
    command("deferred " + (deferred ? "on" : "off"));
    return this;
  }

  /**
   * Runs the threads of a kernel and its blocks from the last to the first: a barrier whose lack
   * went unnoticed because thread 0 came first shows.
   */
  public EmulatorControl reversed(boolean reversed) {
    command("reversed " + (reversed ? "on" : "off"));
    return this;
  }

  /** Makes calls fail, in addition to faults injected before. */
  public EmulatorControl inject(Fault fault) {
    command(fault.command());
    return this;
  }

  /** Forgets the faults that have not happened yet. */
  public EmulatorControl clearFaults() {
    command("clear");
    return this;
  }

  /**
   * Makes devices that died of a fatal error answer again. On a real one that takes a new process.
   */
  public EmulatorControl reviveDevices() {
    command("revive");
    return this;
  }

  /** How many faults have happened so far. */
  public long injectedFaults() {
    return Long.parseLong(command("injected"));
  }

  /**
   * How often a function or kernel was called so far; {@code *} at the end sums over all that begin
   * so.
   */
  public long calls(String call) {
    return Long.parseLong(command("calls " + call));
  }

  /** The number of live allocations of a device. */
  public long allocations(int device) {
    return Long.parseLong(command("allocations " + device));
  }

  /** The bytes that these take. */
  public long usedBytes(int device) {
    return Long.parseLong(command("used " + device));
  }

  /** The number of live allocations of pinned host memory. */
  public long pinnedAllocations() {
    return Long.parseLong(command("pinned"));
  }

  /** The number of live streams, events, modules and graphs. */
  public long handles() {
    return Long.parseLong(command("handles"));
  }
}
