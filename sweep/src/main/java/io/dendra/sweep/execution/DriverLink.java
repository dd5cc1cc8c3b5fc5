package io.dendra.sweep.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dendra.sweep.LostTrialException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A worker's connection to the server of its trial: calls, signs of life, and the end. */
final class DriverLink implements Closeable {
  private static final Duration CONNECTING = Duration.ofSeconds(20);

  private final TrialTicket ticket;
  private final JsonLines lines;
  private final BlockingQueue<ObjectNode> answers = new LinkedBlockingQueue<>();
  private final ObjectNode welcome;
  private final Duration silence;
  private final Object ending = new Object();
  private final Thread alive;
  private volatile IOException lost;
  private volatile boolean closed;
  private Runnable whenLost = () -> {};

  private DriverLink(TrialTicket ticket, JsonLines lines) throws IOException {
    this.ticket = ticket;
    this.lines = lines;
    lines.silence(CONNECTING);
    lines.write(Greeting.of(ticket));
    this.welcome = lines.read();
    if (Messages.type(welcome).equals(Messages.REFUSED)) {
      throw new IOException(welcome.path("reason").asText());
    }
    this.silence = Duration.ofMillis(Messages.part(welcome, "silence").asLong());
    this.alive = TrialServer.named("dendra-trial-" + ticket.trial() + "-alive", this::showLife);
    lines.silence(silence);
  }

  /** Connects and takes up the ticket's trial. */
  @SuppressWarnings("resource") // Closed with the link.
  static DriverLink connect(TrialTicket ticket) {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(ticket.host(), ticket.port()),
          Math.toIntExact(CONNECTING.toMillis()));
      DriverLink link = new DriverLink(ticket, new JsonLines(socket));
      TrialServer.named("dendra-trial-" + ticket.trial() + "-link", link::listen).start();
      link.alive.start();
      return link;
    } catch (IOException e) {
      try {
        socket.close();
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw new DriverLostException(ticket + " cannot be taken up: " + e.getMessage(), e);
    }
  }

  ObjectNode welcome() {
    return welcome;
  }

  /** What to do when the driver is gone, once; at once if it is already. The last call counts. */
  void whenLost(Runnable action) {
    synchronized (ending) {
      whenLost = action;
      if (lost != null) {
        action.run();
      }
    }
  }

  boolean isLost() {
    return lost != null;
  }

  /**
   * Sends a message and waits for its answer, also when interrupted: the wait is not long.
   *
   * @throws DriverLostException when none comes
   */
  synchronized ObjectNode call(ObjectNode message) {
    boolean interrupted = false;
    try {
      requireDriver();
      lines.write(message);
      ObjectNode answer = null;
      while (answer == null) {
        requireDriver();
        try {
          answer = answers.poll(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (answer.get("error") instanceof ObjectNode error) {
        throw thrown(error);
      }
      return answer;
    } catch (IOException e) {
      throw gone(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void requireDriver() {
    IOException cause = lost;
    if (cause != null && answers.isEmpty()) {
      throw gone(cause);
    }
  }

  private DriverLostException gone(IOException cause) {
    return new DriverLostException(
        ticket + ": its driver is gone, or took it back: " + cause.getMessage(), cause);
  }

  /** What a trial throws to its objective, as if it were here. */
  private RuntimeException thrown(ObjectNode error) {
    String type = error.path("class").asText();
    String message = error.path("message").asText();
    if (type.equals(IllegalArgumentException.class.getName())) {
      return new IllegalArgumentException(message);
    }
    if (type.equals(IllegalStateException.class.getName())) {
      return new IllegalStateException(message);
    }
    if (type.equals(LostTrialException.class.getName())) {
      return LostTrialException.of(ticket.trial(), "this worker");
    }
    return Messages.failure(error);
  }

  private void listen() {
    try {
      while (true) {
        ObjectNode message = lines.read();
        if (!Messages.type(message).equals(Messages.ALIVE)) {
          answers.add(message);
        }
      }
    } catch (IOException e) {
      lose(e);
    }
  }

  private void showLife() {
    try {
      while (lost == null && !closed) {
        Thread.sleep(silence.toMillis() / 4);
        lines.write(Messages.of(Messages.ALIVE));
      }
    } catch (IOException e) {
      lose(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not under the lock of a call, which may be waiting for an answer that never comes. */
  private void lose(IOException cause) {
    synchronized (ending) {
      if (lost == null) {
        lost = cause;
        // Not to itself: what is done when the driver is lost may have to wait.
        if (Thread.currentThread() != alive) {
          alive.interrupt();
        }
        if (!closed) {
          whenLost.run();
        }
      }
    }
  }

  /** What a part of an answer has to be. */
  static JsonNode part(ObjectNode answer, String name) {
    try {
      return Messages.part(answer, name);
    } catch (IOException e) {
      throw new DriverLostException("the driver speaks another language", e);
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    alive.interrupt();
    lines.close();
  }
}
