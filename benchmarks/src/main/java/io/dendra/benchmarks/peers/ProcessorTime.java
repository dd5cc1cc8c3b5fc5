package io.dendra.benchmarks.peers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the machine's processors have spent their time so far, in clock ticks, as Linux tells it.
 *
 * @param others for other processes, or taken by the host of a virtual machine
 * @param idle for nothing
 * @param own for this process
 */
record ProcessorTime(long others, long idle, long own) {
  /** Now, or null where the system does not tell. */
  static ProcessorTime now() {
    try {
      String[] all = firstLine("/proc/stat").split(" +", -1);
      String self = firstLine("/proc/self/stat");
      // The command's name, in parentheses, may hold spaces; the state follows it.
      String[] fromState = self.substring(self.lastIndexOf(')') + 2).split(" ", -1);
      long own = Long.parseLong(fromState[11]) + Long.parseLong(fromState[12]);
      long busy = 0;
      for (int column : new int[] {1, 2, 3, 6, 7, 8}) {
        busy += Long.parseLong(all[column]);
      }
      return new ProcessorTime(busy - own, Long.parseLong(all[4]) + Long.parseLong(all[5]), own);
    } catch (IOException | RuntimeException e) {
      // Another system, or a container that hides it: the figures then come without the share.
      return null;
    }
  }

  private static String firstLine(String file) throws IOException {
    return Files.readAllLines(Path.of(file), StandardCharsets.UTF_8).get(0);
  }

  /** The share of the machine that others had since an earlier time. */
  static double sharedWithOthers(ProcessorTime since, ProcessorTime now) {
    if (since == null || now == null) {
      return Double.NaN;
    }
    double others = now.others - since.others;
    double total = others + (now.idle - since.idle) + (now.own - since.own);
    return total > 0 ? Math.max(0, others / total) : Double.NaN;
  }
}
