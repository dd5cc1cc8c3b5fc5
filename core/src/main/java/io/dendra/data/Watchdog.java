package io.dendra.data;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Closes a network stream on which nothing arrives: the HTTP client has no time limit of its own.
 */
final class Watchdog implements AutoCloseable {
  private final Thread thread;
  private final long patienceNanos;
  private volatile long lastFed = System.nanoTime();
  private volatile boolean bitten;

  Watchdog(InputStream watched, Duration patience) {
    this.patienceNanos = patience.toNanos();
    this.thread = new Thread(() -> watch(watched), "dendra-download-watchdog");
    thread.setDaemon(true);
    thread.start();
  }

  /** Says that something arrived. */
  void fed() {
    lastFed = System.nanoTime();
  }

  boolean hasBitten() {
    return bitten;
  }

  private void watch(InputStream watched) {
    try {
      for (long left; (left = lastFed + patienceNanos - System.nanoTime()) > 0; ) {
        Thread.sleep(Duration.ofNanos(left).toMillis() + 1);
      }
      bitten = true;
      watched.close();
    } catch (InterruptedException e) {
      // The download is over.
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // The reader gets this stream's error itself.
      bitten = true;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
