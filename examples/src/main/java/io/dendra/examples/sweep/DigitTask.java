package io.dendra.examples.sweep;

import io.dendra.data.Dataset;
import io.dendra.data.ImageClassification;
import io.dendra.examples.cli.Terminal;
import io.dendra.examples.mnist.DataSource;
import io.dendra.examples.mnist.PictureData;
import io.dendra.examples.mnist.Pictures;
import io.dendra.models.Model;
import io.dendra.random.RandomKey;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Study;
import io.dendra.sweep.SweepListener;
import io.dendra.sweep.TrialRecord;
import io.dendra.sweep.execution.ProcessExecutor;
import io.dendra.training.Evaluation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The search for a good network for handwritten digits. */
final class DigitTask implements SweepTask {
  private static final int DEFAULT_EPOCHS = 27;
  private static final int EVALUATION_BATCH = 500;

  /** One of six training pictures is held out: 10,000 of MNIST, as many as it has for testing. */
  private static final double VALIDATION = 1 / 6.0;

  /** What is held out belongs to the data: it does not depend on the seed of a study. */
  private static final RandomKey HELD_OUT = RandomKey.of(20_26).fold("held out");

  private final DigitNetwork network;
  private final TaskOptions options;
  private PictureData data;
  private Dataset.Split split;

  DigitTask(DigitNetwork network, TaskOptions options) {
    this.network = network;
    this.options = options;
  }

  @Override
  public List<Direction> directions() {
    return List.of(Direction.MAXIMIZE);
  }

  @Override
  public Set<String> parameterNames() {
    return DigitObjective.parameterNames(network);
  }

  DigitNetwork network() {
    return network;
  }

  int epochs() {
    return options.epochs == null ? DEFAULT_EPOCHS : options.epochs;
  }

  @Override
  public Objective objective(Terminal terminal) {
    PictureData pictures = data(terminal);
    Dataset.Split split = split(terminal);
    terminal.line(
        "data",
        String.format(
            Locale.ROOT,
            "%s, %,d to train on, %,d held out to compare trials by, %,d to test the best (%s)",
            pictures.set().name(),
            split.train().size().orElseThrow(),
            split.validation().size().orElseThrow(),
            pictures.testCount(),
            pictures.source()));
    return new DigitObjective(network, split, epochs());
  }

  /** The pictures to train on and those that are held out. */
  Dataset.Split split(Terminal terminal) {
    if (split == null) {
      split = data(terminal).set().train().split(VALIDATION, HELD_OUT);
    }
    return split;
  }

  @Override
  public ProcessExecutor processes() {
    return DigitProcess.executor(network, options);
  }

  private PictureData data(Terminal terminal) {
    if (data == null) {
      data = new DataSource(Pictures.MNIST, options.data, options.limit, terminal, false).load();
    }
    return data;
  }

  @Override
  public SweepListener listener() {
    return new BestModel();
  }

  /** Looks at the test pictures, for the first time and for one model alone. */
  @Override
  public Optional<String> conclude(Study study, Terminal terminal) {
    TrialRecord best = study.best();
    Path file = DigitObjective.file(study.directory().resolve("trial-" + best.number()));
    if (!Files.isRegularFile(file)) {
      terminal.line("model", "that of trial " + best.number() + " is not on this machine");
      return Optional.empty();
    }
    ImageClassification set = data(terminal).set();
    try (Model model = Model.load(file)) {
      Evaluation test = model.evaluate(set.test(), EVALUATION_BATCH);
      terminal
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "Test accuracy %.4f of trial %d on %,d %s that no trial has seen",
                  test.get("accuracy"),
                  best.number(),
                  data.testCount(),
                  data.generated() ? "GENERATED digits (not MNIST)" : "pictures"));
      terminal.line("model", file.toString());
      return Optional.of(String.format(Locale.ROOT, "%.4f", test.get("accuracy")));
    }
  }
}
