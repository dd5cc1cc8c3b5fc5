package io.dendra.sweep.execution;

import io.dendra.sweep.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: gets tickets on its standard input, which nobody else can read, and writes its output
 * to its trial's log. It ends when its input does.
 */
final class WorkerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
  private static final String OUTPUT = "output.log";
  private static final int LAST_WORDS = 2000;
  private static final int SIGNALLED = 128;

  private final Process process;
  private final String slot;
  private final Path folder;
  private final StringBuilder lastWords = new StringBuilder();
  private final Thread reader;
  private volatile Path log;

  WorkerProcess(WorkerCommand command, String slot, Path folder) throws IOException {
    this.slot = slot;
    this.folder = folder;
    this.process = command.start(folder);
    this.reader = TrialServer.named("dendra-worker-" + process.pid(), this::readOutput);
    LOG.debug("worker {} started for {}", process.pid(), slot);
  }

  /** Lets it run a trial. */
  void begin(Trial trial, TrialOffer offer) throws IOException {
    log = trial.directory().resolve(OUTPUT);
    if (reader.getState() == Thread.State.NEW) {
      reader.start();
    }
    OutputStream in = process.getOutputStream();
    in.write((offer.ticket().text() + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void whenEnded(Runnable action) {
    var unused = process.onExit().thenRun(action);
  }

  /** What is known of its end, which the lost connection announced. */
  WorkerLostException death(Trial trial, WorkerLostException lost) throws InterruptedException {
    // A moment, for the connection ends before the process does.
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      return lost;
    }
    reader.join(2000);
    int code = process.exitValue();
    String text =
        "worker "
            + process.pid()
            + " on "
            + slot
            + " ended in trial "
            + trial.number()
            + " with exit code "
            + code
            + (code > SIGNALLED ? ", by signal " + (code - SIGNALLED) : "")
            + crash();
    synchronized (lastWords) {
      return new WorkerLostException(
          lastWords.isEmpty() ? text : text + "; its last output:\n" + lastWords, lost);
    }
  }

  /** The first lines of what a JVM writes when it crashes. */
  private String crash() {
    Path file = WorkerCommand.crashFile(folder, Long.toString(process.pid()));
    if (!Files.exists(file)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines
          .limit(30)
          .filter(line -> line.startsWith("#  ") || line.startsWith("# C"))
          .collect(Collectors.joining("\n", "; the JVM crashed, see " + file + ":\n", ""));
    } catch (IOException e) {
      return "; the JVM crashed, and " + file + " cannot be read: " + e.getMessage();
    }
  }

  private void readOutput() {
    byte[] bytes = new byte[8192];
    try (InputStream out = process.getInputStream()) {
      for (int count = out.read(bytes); count >= 0; count = out.read(bytes)) {
        keep(bytes, count);
      }
    } catch (IOException e) {
      LOG.debug("the output of worker {} ended", process.pid(), e);
    }
  }

  private void keep(byte[] bytes, int count) {
    synchronized (lastWords) {
      lastWords.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
      lastWords.delete(0, Math.max(0, lastWords.length() - LAST_WORDS));
    }
    try (OutputStream file =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      file.write(bytes, 0, count);
    } catch (IOException e) {
      // It must go on reading: a worker whose output nobody takes stands still.
      LOG.warn("output of worker {} could not be written to {}", process.pid(), log, e);
    }
  }

  /** Ends it and what it started. */
  void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
