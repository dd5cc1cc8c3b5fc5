package io.dendra.sweep;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something to be done if the JVM ends meanwhile. */
final class ShutdownHook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);

  private final Thread thread;

  private ShutdownHook(Thread thread) {
    this.thread = thread;
  }

  static ShutdownHook of(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM is ending already", e);
    }
    return new ShutdownHook(thread);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      LOG.debug("the JVM is ending, and what was to be done is being done", e);
    }
  }
}
