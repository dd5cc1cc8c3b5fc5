package io.dendra.examples.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets work that Ctrl-C ends stop between two steps, with its files whole. */
public final class InterruptOnExit implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook;

  /** Guards the current thread. */
  public InterruptOnExit() {
    Thread trainer = Thread.currentThread();
    hook =
        new Thread(
            () -> {
              trainer.interrupt();
              try {
                if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                  return;
                }
                // For its last words; it waits for this hook in System.exit and never comes back.
                trainer.join(500);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "dendra-interrupt-on-exit");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already: the hook has run, which is what it is for.
      return;
    }
  }
}
