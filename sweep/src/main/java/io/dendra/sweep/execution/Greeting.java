package io.dendra.sweep.execution;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.function.Function;

/** The first words of a worker: by which version it speaks, and the secret of its trial. */
final class Greeting {
  private Greeting() {}

  static ObjectNode of(TrialTicket ticket) {
    return Messages.of(Messages.HELLO)
        .put("version", Messages.VERSION)
        .put("trial", ticket.trial())
        .put("secret", ticket.secret());
  }

  /**
   * The trial that the worker takes up.
   *
   * @throws IOException when it may not; it has been told why
   */
  static TrialOffer taken(JsonLines lines, Function<String, TrialOffer> offers) throws IOException {
    ObjectNode hello = lines.read();
    if (!Messages.type(hello).equals(Messages.HELLO)
        || hello.path("version").asInt() != Messages.VERSION) {
      throw refused(
          lines,
          "the server speaks version "
              + Messages.VERSION
              + ": driver and workers need the same version of Dendra");
    }
    TrialOffer offer = offers.apply(hello.path("secret").asText());
    if (offer == null || offer.ticket().trial() != hello.path("trial").asInt(-1)) {
      throw refused(lines, "the ticket is not known: its trial has ended, or never was offered");
    }
    if (!offer.take()) {
      throw refused(lines, "the trial has been taken up by another worker");
    }
    return offer;
  }

  private static IOException refused(JsonLines lines, String reason) throws IOException {
    lines.write(Messages.of(Messages.REFUSED).put("reason", reason));
    return new IOException(reason);
  }
}
