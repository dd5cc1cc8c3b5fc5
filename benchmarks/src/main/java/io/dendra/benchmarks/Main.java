package io.dendra.benchmarks;

import io.dendra.benchmarks.peers.PeerCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code peer}, {@code profile}, {@code machine} and {@code report} measure whole workloads;
 * everything else is for JMH, whose options all work.
 */
public final class Main {
  private static final String JVM_ARGS_APPEND = "-jvmArgsAppend";

  private Main() {}

  public static void main(String[] args) throws IOException {
    if (args.length == 0 || !PeerCommands.has(args[0])) {
      org.openjdk.jmh.Main.main(withNatives(List.of(args)).toArray(String[]::new));
      return;
    }
    try {
      PeerCommands.run(args[0], List.of(args).subList(1, args.length), System.out);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Lets forks load natives, along with what the user appends. */
  static List<String> withNatives(List<String> args) {
    if (Runtime.version().feature() < 24) {
      return args;
    }
    // Newer JVMs warn about native libraries unless told that they are wanted.
    String flag = "--enable-native-access=ALL-UNNAMED";
    List<String> all = new ArrayList<>(args);
    int given = all.indexOf(JVM_ARGS_APPEND);
    if (given >= 0 && given + 1 < all.size()) {
      all.set(given + 1, all.get(given + 1) + " " + flag);
    } else {
      all.add(JVM_ARGS_APPEND);
      all.add(flag);
    }
    return all;
  }
}
