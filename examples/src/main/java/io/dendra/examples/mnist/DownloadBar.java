package io.dendra.examples.mnist;

import io.dendra.data.DownloadProgress;
import io.dendra.examples.cli.Terminal;
import java.util.Locale;

/** A line per downloaded file; on a terminal it shows how far it is. */
final class DownloadBar implements DownloadProgress {
  private static final int WIDTH = 20;

  private final Terminal terminal;
  private int drawn = -1;

  DownloadBar(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void progress(String file, long bytes, long total) {
    if (bytes == 0) {
      drawn = -1;
      return;
    }
    boolean done = bytes == total;
    int filled = total > 0 ? (int) (WIDTH * bytes / total) : 0;
    if (terminal.live() && filled != drawn) {
      drawn = filled;
      terminal
          .out()
          .print(
              String.format(
                  Locale.ROOT,
                  "\r%-8s %s [%-" + WIDTH + "s] %.1f MB",
                  "download",
                  file,
                  "=".repeat(filled),
                  bytes / 1e6));
      terminal.out().print(done ? "\n" : "");
      terminal.out().flush();
    } else if (!terminal.live() && done) {
      terminal.line("download", String.format(Locale.ROOT, "%s, %.1f MB", file, bytes / 1e6));
    }
  }
}
