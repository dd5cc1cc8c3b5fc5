package io.dendra.sweep.execution;

import io.dendra.config.SuppressForbidden;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What a worker needs to take up a trial that a {@link TrialServer} offers. Whoever has it can run
 * the trial, so it is handed over where others cannot read it: not on a command line.
 *
 * @param host where the server is reached
 * @param port its port there
 * @param trial the trial's number
 * @param secret 64 digits drawn for this one offer
 */
public record TrialTicket(String host, int port, int trial, String secret) {
  private static final int SECRET_BYTES = 32;

  /** Checks the form. */
  public TrialTicket {
    if (host.isEmpty() || host.indexOf(' ') >= 0 || port < 1 || port > 65535 || trial < 0) {
      throw new IllegalArgumentException(
          "a ticket has a host, a port and a trial's number, given '"
              + host
              + "', "
              + port
              + " and "
              + trial);
    }
    if (!secret.matches("[0-9a-f]{" + 2 * SECRET_BYTES + "}")) {
      throw new IllegalArgumentException("a ticket's secret has " + 2 * SECRET_BYTES + " digits");
    }
  }

  /** A ticket with a new secret. */
  @SuppressForbidden("a secret is to be one that no seed gives again")
  static TrialTicket draw(String host, int port, int trial) {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    return new TrialTicket(host, port, trial, HexFormat.of().formatHex(secret));
  }

  /** The ticket as one line, secret included, which {@link #of} reads. */
  public String text() {
    return host + " " + port + " " + trial + " " + secret;
  }

  /**
   * The ticket of a line.
   *
   * @throws IllegalArgumentException when it is none; the line is not repeated in the message
   */
  public static TrialTicket of(String text) {
    String[] parts = text.strip().split(" ", -1);
    try {
      if (parts.length == 4) {
        return new TrialTicket(
            parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), parts[3]);
      }
    } catch (NumberFormatException e) {
      // Not with the text in a message: it may hold a secret.
    }
    throw new IllegalArgumentException("not a trial's ticket: host, port, number and secret");
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "trial " + trial + " at " + host + ":" + port;
  }
}
