package io.dendra.sweep.execution;

import io.dendra.config.SuppressForbidden;
import io.dendra.sweep.Objective;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program of a worker process: runs the trials whose tickets come on its standard input. When
 * the input ends, or the driver of a trial is gone, it ends too, whatever the objective does.
 */
public final class TrialWorker {
  private static final Logger LOG = LoggerFactory.getLogger(TrialWorker.class);
  private static final String END = "";

  /** How long an objective may take to end when its driver is gone. */
  private static final long GRACE_MILLIS = 3000;

  private TrialWorker() {}

  /** Started by {@link ProcessExecutor}, with the name of the objective's class. */
  @SuppressForbidden("a program, which has to end when the one it works for has")
  public static void main(String[] arguments) throws InterruptedException {
    InputStream input = System.in;
    System.setIn(InputStream.nullInputStream());
    BlockingQueue<String> tickets = new LinkedBlockingQueue<>();
    Thread trials = Thread.currentThread();
    TrialServer.named("dendra-worker-input", () -> listen(input, tickets, trials)).start();
    int code = work(arguments[0], tickets) ? 0 : 1;
    // Threads that an objective left behind do not hold it up.
    Runtime.getRuntime().halt(code);
  }

  private static boolean work(String objective, BlockingQueue<String> tickets)
      throws InterruptedException {
    for (String line = tickets.take(); !line.equals(END); line = tickets.take()) {
      try (RemoteTrial trial = RemoteTrial.connect(TrialTicket.of(line))) {
        trial.run(made(objective));
      } catch (DriverLostException e) {
        LOG.info("{}", e.getMessage());
        return false;
      }
      // What the objective left behind is not for the next.
      Thread.interrupted();
    }
    return true;
  }

  /** A class that cannot be made is the trial's failure, which its driver hears of. */
  private static Objective made(String name) {
    try {
      return ObjectiveClass.make(name);
    } catch (IllegalArgumentException e) {
      return trial -> {
        throw e;
      };
    }
  }

  @SuppressForbidden("the process that it works for is gone, so there is nobody to throw to")
  private static void listen(InputStream input, BlockingQueue<String> tickets, Thread trials) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        tickets.add(line);
      }
    } catch (IOException e) {
      LOG.debug("the input ended", e);
    }
    tickets.add(END);
    trials.interrupt();
    try {
      Thread.sleep(GRACE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }
}
