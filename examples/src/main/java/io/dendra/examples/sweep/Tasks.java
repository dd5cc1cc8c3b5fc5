package io.dendra.examples.sweep;

import io.dendra.examples.cli.Failure;
import io.dendra.text.Suggestions;
import java.util.List;

/** What can be searched for, by name. */
final class Tasks {
  private static final List<String> BUILT_IN = List.of("mnist", "mnist-cnn");

  private Tasks() {}

  /**
   * The task of a name.
   *
   * @throws Failure when there is none, with near names
   */
  static SweepTask of(String name, List<String> classPath, TaskOptions options) {
    if (name.equals("mnist")) {
      return new DigitTask(DigitNetwork.MLP, options);
    }
    if (name.equals("mnist-cnn")) {
      return new DigitTask(DigitNetwork.CNN, options);
    }
    if (!name.contains(".") && classPath.isEmpty()) {
      throw new Failure(
          "there is no objective '"
              + name
              + "'"
              + Suggestions.nearest(name, BUILT_IN)
              + " Known: "
              + String.join(", ", BUILT_IN)
              + ", and classes of yours by their full name");
    }
    return new ClassTask(name, classPath);
  }
}
