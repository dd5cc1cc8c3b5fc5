package io.dendra.sweep.execution;

import io.dendra.sweep.Trial;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets trials of this process be run by others, on this machine or on others.
 *
 * <pre>{@code
 * try (TrialServer server = TrialServer.open()) {
 *   TrialOffer offer = server.offer(study.ask());
 *   String ticket = offer.ticket().text();      // to the worker, by a way that others cannot read
 *   TrialOutcome outcome = offer.outcome().get();
 * }
 * // The worker:
 * try (RemoteTrial trial = RemoteTrial.connect(TrialTicket.of(ticket))) {
 *   trial.run(objective);
 * }
 * }</pre>
 *
 * <p>Messages are lines of JSON over TCP, not encrypted: for networks whose machines trust each
 * other, as those of a cluster do. Each offer has a secret of 256 bits that its worker shows first.
 * A connection that ends, or on which nothing comes for some time, means that the other side died:
 * the outcome is a {@link WorkerLostException} then, and the worker gives the trial up.
 */
public final class TrialServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrialServer.class);

  /** Strangers that may be listened to at once. */
  private static final int GREETINGS = 64;

  private static final Duration GREETING = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final ServerSocket socket;
  private final String host;
  private final Duration silence;
  private final Map<String, TrialOffer> offers = new ConcurrentHashMap<>();
  private final Semaphore greetings = new Semaphore(GREETINGS);
  private volatile boolean closed;

  private TrialServer(ServerSocket socket, String host, Duration silence) {
    this.socket = socket;
    this.host = host;
    this.silence = silence;
  }

  /** For workers on this machine; others cannot connect. */
  public static TrialServer open() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return open(loopback, loopback.getHostAddress(), SILENCE);
  }

  /**
   * For workers on other machines.
   *
   * @param address to listen at, a free port of it
   * @param host by which workers reach it, such as {@code spark.driver.host}
   */
  public static TrialServer open(InetAddress address, String host) throws IOException {
    return open(address, host, SILENCE);
  }

  /** At a port of one's choice, such as one that a firewall lets through; 0 for any free one. */
  public static TrialServer open(InetAddress address, int port, String host) throws IOException {
    return open(address, port, host, SILENCE);
  }

  /**
   * With the longest silence.
   *
   * @param silence after which the other side counts as dead, 60 seconds by default; both sides
   *     show life four times as often
   */
  public static TrialServer open(InetAddress address, String host, Duration silence)
      throws IOException {
    return open(address, 0, host, silence);
  }

  private static TrialServer open(InetAddress address, int port, String host, Duration silence)
      throws IOException {
    if (silence.toMillis() < 100) {
      throw new IllegalArgumentException("a silence of at least 0.1 seconds, given " + silence);
    }
    TrialServer server = new TrialServer(new ServerSocket(port, GREETINGS, address), host, silence);
    named("dendra-trials-" + server.socket.getLocalPort(), server::accept).start();
    return server;
  }

  /** Where it listens. */
  public int port() {
    return socket.getLocalPort();
  }

  /**
   * Offers a running trial to whoever gets the ticket. Until it has ended, nobody else may use the
   * trial.
   */
  public TrialOffer offer(Trial trial) {
    if (closed) {
      throw new IllegalStateException("the server of trials is closed");
    }
    TrialTicket ticket = TrialTicket.draw(host, port(), trial.number());
    TrialOffer offer = new TrialOffer(trial, ticket, () -> offers.remove(ticket.secret()));
    offers.put(ticket.secret(), offer);
    return offer;
  }

  Duration silence() {
    return silence;
  }

  private void accept() {
    while (!closed) {
      try {
        greet(socket.accept());
      } catch (IOException e) {
        if (!closed) {
          LOG.warn("the server of trials could not accept a connection: {}", e.toString());
        }
      }
    }
  }

  private void greet(Socket stranger) throws IOException {
    if (!greetings.tryAcquire()) {
      LOG.warn("too many strangers at port {}, one is turned away", port());
      stranger.close();
      return;
    }
    named("dendra-trial-" + stranger.getRemoteSocketAddress(), () -> talk(stranger)).start();
  }

  private void talk(Socket stranger) {
    boolean greeting = true;
    try (JsonLines lines = new JsonLines(stranger)) {
      lines.silence(GREETING);
      TrialOffer offer = Greeting.taken(lines, this::find);
      greetings.release();
      greeting = false;
      lines.silence(silence);
      new ServedTrial(offer, lines, silence).serve();
    } catch (IOException e) {
      LOG.debug("a connection from {} ended: {}", stranger.getRemoteSocketAddress(), e.toString());
    } finally {
      if (greeting) {
        greetings.release();
      }
    }
  }

  /** In the same time for every wrong secret. */
  private TrialOffer find(String secret) {
    byte[] given = secret.getBytes(StandardCharsets.UTF_8);
    TrialOffer found = null;
    for (Map.Entry<String, TrialOffer> entry : offers.entrySet()) {
      if (MessageDigest.isEqual(entry.getKey().getBytes(StandardCharsets.UTF_8), given)) {
        found = entry.getValue();
      }
    }
    return found;
  }

  static Thread named(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Takes all trials from their workers. */
  @Override
  public void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("the port of the server of trials could not be closed", e);
    }
    offers.values().forEach(TrialOffer::close);
  }
}
