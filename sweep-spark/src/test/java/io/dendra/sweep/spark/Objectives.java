package io.dendra.sweep.spark;

import io.dendra.serialization.AtomicFile;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;

/** What the trials of the tests do, on executors. */
public final class Objectives {
  private Objectives() {}

  /** Takes a moment, and notes from when to when. */
  public static final class Timed implements Objective {
    @Override
    public double evaluate(Trial trial) throws InterruptedException {
      double x = trial.suggestFloat("x", -1, 1);
      long begin = System.currentTimeMillis();
      Thread.sleep(100);
      trial.attribute("time", List.of(begin, System.currentTimeMillis()));
      trial.attribute("device", trial.device().toString());
      return x * x;
    }
  }

  /** Reports its parameter ten times, unless it is pruned. */
  public static final class Reporting implements Objective {
    @Override
    public double evaluate(Trial trial) throws InterruptedException {
      double x = trial.suggestFloat("x", 0, 1);
      for (int step = 1; step <= 10; step++) {
        trial.report(step, x);
        if (trial.shouldPrune()) {
          throw new TrialPrunedException();
        }
        Thread.sleep(20);
      }
      return x;
    }
  }

  /** Trial 1 fails. */
  public static final class Failing implements Objective {
    @Override
    public double evaluate(Trial trial) {
      if (trial.number() == 1) {
        throw new ArithmeticException("no luck");
      }
      return trial.number();
    }
  }

  /** Trials 1 and 3 kill their executor the first time that they run. */
  public static final class Killing implements Objective {
    @Override
    public double evaluate(Trial trial) throws Exception {
      double x = trial.suggestFloat("x", 0, 1);
      trial.report(0, x);
      if (trial.number() % 2 == 1 && trial.number() < 4) {
        try {
          Files.createFile(trial.directory().resolve("killed"));
          String self = Long.toString(ProcessHandle.current().pid());
          new ProcessBuilder("kill", "-9", self).start();
          Thread.sleep(60_000);
        } catch (FileAlreadyExistsException e) {
          trial.attribute("again", true);
        }
      }
      Thread.sleep(100);
      return x;
    }
  }

  /** Kills its executor whenever it runs, as trial 0. */
  public static final class Deadly implements Objective {
    @Override
    public double evaluate(Trial trial) throws Exception {
      if (trial.number() == 0) {
        new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
        Thread.sleep(60_000);
      }
      return 1;
    }
  }

  /** Leaves the number of its executor's process. */
  public static final class Watched implements Objective {
    @Override
    public double evaluate(Trial trial) throws Exception {
      double x = trial.suggestFloat("x", -1, 1);
      byte[] self = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(trial.directory().resolve("executor"), out -> out.write(self));
      Thread.sleep(300);
      return x * x;
    }
  }

  /** Never ends by itself. */
  public static final class Endless implements Objective {
    @Override
    public double evaluate(Trial trial) throws InterruptedException {
      trial.report(0, 0);
      Thread.sleep(600_000);
      return 0;
    }
  }

  /** Cannot be made from outside. */
  static final class Hidden implements Objective {
    @Override
    public double evaluate(Trial trial) {
      return 0;
    }
  }
}
