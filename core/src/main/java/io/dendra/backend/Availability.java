package io.dendra.backend;

/**
 * Whether a backend can be used here, and why or why not.
 *
 * @param available whether it can be used
 * @param detail one line: what was found (versions, engines), or the reason it cannot be used
 */
public record Availability(boolean available, String detail) {
  /** It can be used. */
  public static Availability yes(String detail) {
    return new Availability(true, detail);
  }

  /** It cannot be used, for this reason. */
  public static Availability no(String reason) {
    return new Availability(false, reason);
  }
}
