package io.dendra.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code steps} prints the table of whole training steps; everything else is for JMH, whose options
 * all work.
 */
public final class Main {
  private static final String JVM_ARGS_APPEND = "-jvmArgsAppend";

  private Main() {}

  public static void main(String[] args) throws IOException {
    if (args.length == 0 || !args[0].equals("steps")) {
      org.openjdk.jmh.Main.main(withNatives(List.of(args)).toArray(String[]::new));
      return;
    }
    try {
      new StepTable(List.of(args).subList(1, args.length), System.out).print();
    } catch (IOException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Lets forks load natives, along with what the user appends. */
  static List<String> withNatives(List<String> args) {
    List<String> flags = JvmFlags.forNatives();
    if (flags.isEmpty()) {
      return args;
    }
    List<String> all = new ArrayList<>(args);
    int given = all.indexOf(JVM_ARGS_APPEND);
    if (given >= 0 && given + 1 < all.size()) {
      all.set(given + 1, all.get(given + 1) + " " + String.join(" ", flags));
    } else {
      all.add(JVM_ARGS_APPEND);
      all.add(String.join(" ", flags));
    }
    return all;
  }
}
