package io.dendra.sweep.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.sweep.Objective;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import io.dendra.sweep.TrialRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RemoteTrialTest {
  @TempDir Path folder;
  private TrialServer server;
  private Study study;

  @BeforeEach
  void open() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    server = TrialServer.open(loopback, loopback.getHostAddress(), Duration.ofSeconds(20));
    study =
        Study.create(
            "remote",
            o -> o.seed(3).directory(folder).pruner((all, trial) -> trial.reports().size() > 2));
  }

  @AfterEach
  void close() {
    server.close();
    study.close();
  }

  private TrialOutcome run(Trial trial, Objective objective) throws Exception {
    TrialOffer offer = server.offer(trial);
    TrialTicket ticket = TrialTicket.of(offer.ticket().text());
    try (RemoteTrial remote = RemoteTrial.connect(ticket)) {
      remote.run(objective);
    }
    return offer.outcome().get(10, TimeUnit.SECONDS);
  }

  @Test
  void everythingThatATrialDoesHappensInItsStudy() throws Exception {
    Trial trial = study.ask();
    AtomicReference<Map<String, Object>> seen = new AtomicReference<>();
    TrialOutcome outcome =
        run(
            trial,
            remote -> {
              double rate = remote.suggestFloat("rate", 1e-5, 1e-1, Scale.LOG);
              assertThat(remote.suggestFloat("rate", 1e-5, 1e-1, Scale.LOG)).isEqualTo(rate);
              remote.suggestFloat("drop", 0, 0.5, 0.1);
              remote.suggestInt("units", 1, 1000);
              assertThat(remote.suggestCategorical("kind", "a", "b", "ü\n")).isNotNull();
              remote.attribute("notes", Map.of("list", List.of(1L, 2.5, "x"), "yes", true));
              remote.report(1, 0.25);
              assertThat(remote.shouldPrune()).isFalse();
              remote.report(2, Double.NaN);
              assertThat(remote.key()).isEqualTo(trial.key());
              assertThat(remote.device()).isEqualTo(trial.device());
              assertThat(remote.directory()).isDirectory().isEqualTo(trial.directory());
              seen.set(remote.parameters());
              return Double.POSITIVE_INFINITY;
            });

    assertThat(outcome).isEqualTo(new TrialOutcome.Complete(List.of(Double.POSITIVE_INFINITY)));
    TrialRecord record = study.trials().get(0);
    assertThat(record.parameterValues()).hasSize(4).isEqualTo(seen.get());
    assertThat(record.reports()).containsEntry(1, 0.25).containsEntry(2, Double.NaN);
    assertThat(record.userAttributes().get("notes"))
        .isEqualTo(Map.of("list", List.of(1L, 2.5, "x"), "yes", true));
  }

  @Test
  void itLeavesNoThreadBehind() throws Exception {
    run(study.ask(), remote -> 1);
    // Less than the time between two signs of life, which a thread could sleep for.
    for (int i = 0; i < 40 && !threads().isEmpty(); i++) {
      Thread.sleep(50);
    }
    assertThat(threads()).isEmpty();
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.matches("dendra-trial-.*-(alive|link)"))
        .toList();
  }

  @Test
  void itDrawsWhatATrialOfTheSameProcessDraws() throws Exception {
    run(study.ask(), remote -> remote.suggestInt("units", 1, 1 << 30));
    try (Study same = Study.create("same", o -> o.seed(3))) {
      int here = same.ask().suggestInt("units", 1, 1 << 30);
      assertThat(study.trials().get(0).parameterValues()).containsEntry("units", (long) here);
    }
  }

  @Test
  void prunedAndFailedTrialsSaySo() throws Exception {
    TrialOutcome pruned =
        run(
            study.ask(),
            remote -> {
              for (int i = 0; i < 10; i++) {
                remote.report(i, i);
                if (remote.shouldPrune()) {
                  throw new TrialPrunedException();
                }
              }
              return 0;
            });
    assertThat(pruned).isEqualTo(new TrialOutcome.Pruned());
    assertThat(study.trials().get(0).reports()).hasSize(3);

    TrialOutcome failed =
        run(
            study.ask(),
            remote -> {
              throw new IOException("no disk", new StackOverflowError());
            });
    assertThat(((TrialOutcome.Failed) failed).cause())
        .isInstanceOf(RemoteFailureException.class)
        .hasMessageContaining("java.io.IOException: no disk")
        .hasMessageContaining("RemoteTrialTest")
        .hasMessageContaining("Caused by: java.lang.StackOverflowError");
  }

  @Test
  void anErrorOfTheStudyReachesTheObjective() throws Exception {
    TrialOutcome outcome =
        run(
            study.ask(),
            remote -> {
              remote.suggestInt("x", 1, 2);
              assertThatThrownBy(() -> remote.suggestFloat("x", 1, 2))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("'x'");
              assertThatThrownBy(() -> remote.attribute("big", "x".repeat(2_000_000)))
                  .isInstanceOf(IllegalArgumentException.class)
                  .hasMessageContaining("too long");
              assertThatThrownBy(() -> remote.attribute("kind", new Object()))
                  .isInstanceOf(IllegalArgumentException.class);
              return 1;
            });
    assertThat(outcome).isEqualTo(new TrialOutcome.Complete(List.of(1.0)));
  }

  @Test
  void aWorkerThatIsGoneIsSeen() throws Exception {
    TrialOffer offer = server.offer(study.ask());
    RemoteTrial.connect(offer.ticket()).close();
    TrialOutcome outcome = offer.outcome().get(10, TimeUnit.SECONDS);
    assertThat(((TrialOutcome.Failed) outcome).cause())
        .isInstanceOf(WorkerLostException.class)
        .hasMessageContaining("trial 0");
  }

  @Test
  void aWorkerGivesUpItsTrialWhenTheDriverIsGone() throws Exception {
    TrialOffer offer = server.offer(study.ask());
    CountDownLatch running = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread worker =
        new Thread(
            () -> {
              try (RemoteTrial remote = RemoteTrial.connect(offer.ticket())) {
                remote.run(
                    trial -> {
                      running.countDown();
                      Thread.sleep(60_000);
                      return 1;
                    });
              } catch (InterruptedException | RuntimeException e) {
                thrown.set(e);
              }
            });
    worker.start();
    running.await();
    server.close();
    worker.join();
    assertThat(thrown.get()).isInstanceOf(DriverLostException.class);
    assertThat(offer.outcome().get(10, TimeUnit.SECONDS)).isInstanceOf(TrialOutcome.Failed.class);
  }

  @Test
  void onlyTheTicketTakesUpATrialAndOnlyOnce() throws Exception {
    TrialOffer offer = server.offer(study.ask());
    TrialTicket ticket = offer.ticket();
    TrialTicket guess =
        new TrialTicket(ticket.host(), ticket.port(), ticket.trial(), "0".repeat(64));
    assertThatThrownBy(() -> RemoteTrial.connect(guess))
        .isInstanceOf(DriverLostException.class)
        .hasMessageContaining("not known");
    try (RemoteTrial first = RemoteTrial.connect(ticket)) {
      assertThatThrownBy(() -> RemoteTrial.connect(ticket)).hasMessageContaining("another worker");
      first.run(trial -> 2);
    }
    assertThat(offer.outcome().get(10, TimeUnit.SECONDS)).isInstanceOf(TrialOutcome.Complete.class);
    assertThat(ticket.toString()).doesNotContain(ticket.secret());
    assertThatThrownBy(() -> TrialTicket.of("a b " + ticket.secret()))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain(ticket.secret());
  }

  @Test
  void strangersAreTurnedAway() throws Exception {
    TrialOffer offer = server.offer(study.ask());
    for (String line :
        List.of("GET / HTTP/1.1\n\n", "[1]\n", "{\"type\":\"hello\"}\n", "x".repeat(1_100_000))) {
      try (Socket socket = new Socket(offer.ticket().host(), offer.ticket().port())) {
        socket.setSoTimeout(10_000);
        try {
          socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
          while (socket.getInputStream().read() >= 0) {
            // Until it is closed.
          }
        } catch (java.net.SocketTimeoutException e) {
          throw e;
        } catch (IOException e) {
          assertThat(e).isInstanceOf(java.net.SocketException.class);
        }
      }
    }
    try (RemoteTrial remote = RemoteTrial.connect(offer.ticket())) {
      remote.run(trial -> 1);
    }
    assertThat(offer.outcome().get(10, TimeUnit.SECONDS)).isInstanceOf(TrialOutcome.Complete.class);
  }
}
