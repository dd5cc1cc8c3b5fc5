package io.dendra.examples.mnist;

import io.dendra.backend.BackendProvider;
import io.dendra.backend.Backends;
import io.dendra.backend.OpenDevice;
import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.OutputFile;
import io.dendra.examples.cli.Terminal;
import io.dendra.models.Model;
import io.dendra.nn.activations.Activations;
import io.dendra.tensor.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a network on pictures of digits or clothes. */
@Command(
    name = "mnist",
    sortOptions = false,
    description = "Train a network on handwritten digits, or on pictures of clothes.",
    footer = {
      "",
      "Examples:",
      "  dendra mnist                                 a hidden layer, 6 epochs",
      "  dendra mnist --model cnn --epochs 3          two convolutions: 99 of 100 right",
      "  dendra mnist --model lstm --epochs 3         reads each picture row by row",
      "  dendra mnist --precision mixed_bfloat16      16-bit layers, float32 weights",
      "  dendra mnist --dataset fashion-mnist --model cnn",
      "  dendra mnist --report run.json --plot run.png --save digits.dendra"
    })
public final class MnistCommand implements Callable<Integer> {
  private static final int SIDE = 28;

  private final Terminal terminal;

  @Spec private CommandSpec spec;
  @Mixin private TrainingOptions options;
  @Mixin private FileOptions files;
  @Mixin private BackendOption backend;
  @Mixin private CommonOptions common;

  public MnistCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    options.check(spec.commandLine(), files.resume().isPresent());
    files.prepare();
    Terminal out = common.quiet() ? terminal.quiet() : terminal;
    OpenDevice device = device();
    out.line("backend", describe(device));
    if (options.devices().size() > 1) {
      out.line("devices", options.devices().toString());
    }
    PictureData data =
        new DataSource(options.pictures(), options.data, options.limit, out, common.verbose())
            .load();
    out.line("data", describe(data));
    try (Model model = files.resume().map(this::resumed).orElseGet(this::fresh)) {
      model.to(device.device());
      model.build(1, SIDE, SIDE);
      out.out().println();
      out.out().println(model.summary().stripTrailing());
      out.out().println();
      Training.Outcome outcome = new Training(model, data, options, out, files.checkpoint()).run();
      finish(new TrainingReport(options, files, device, data, model, outcome), out);
    }
    return 0;
  }

  /** Where the model is: on the first of the devices, else on that of the backend. */
  private OpenDevice device() {
    List<Device> devices = options.devices();
    if (devices.isEmpty()) {
      return backend.open();
    }
    if (backend.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "--devices names the backends too: leave --backend out");
    }
    return Backends.open(devices.get(0));
  }

  private Model fresh() {
    Model model =
        options.network().build(Activations.of(options.activation())).seed(options.seed());
    model.dtype(options.precision());
    return model.compile(
        o -> o.optimizer(options.optimizer()).loss(options.loss()).metrics("accuracy"));
  }

  private Model resumed(Path file) {
    Model model = Model.load(file);
    if (!model.isCompiled()) {
      throw new Failure(
          "--resume " + file + " holds no optimizer to go on with: save it from mnist --save");
    }
    if (model.epochsTrained() >= options.epochs()) {
      throw new ParameterException(
          spec.commandLine(),
          file
              + " has been trained for "
              + model.epochsTrained()
              + " epochs: ask for more with --epochs N, which counts from the beginning");
    }
    return model;
  }

  private void finish(TrainingReport report, Terminal out) {
    Training.Outcome outcome = report.outcome();
    files.report().ifPresent(report::write);
    if (!outcome.isSound()) {
      throw new Failure(outcome.history().stopReason() + ". No model was saved");
    }
    files.save().ifPresent(file -> report.model().save(file.path()));
    files.plot().ifPresent(file -> new ResultPlot(report).write(file));
    terminal
        .out()
        .println(
            String.format(
                Locale.ROOT,
                "Test accuracy %.4f, loss %.4f on %,d %s",
                outcome.test().get("accuracy"),
                outcome.test().loss(),
                report.data().testCount(),
                report.data().generated() ? "GENERATED digits (not MNIST)" : "pictures"));
    out.out()
        .println(
            String.format(
                Locale.ROOT,
                "%,.0f pictures per second, %.1f s of training",
                report.imagesPerSecond(),
                outcome.totalTrainSeconds()));
    files.save().ifPresent(file -> out.line("model", file.path().toString()));
    files.checkpoint().ifPresent(file -> out.line("best", file.path().toString()));
    files.report().ifPresent(file -> out.line("report", file.path().toString()));
    files.plot().ifPresent(file -> out.line("plot", file.path().toString()));
    out.out().println();
    out.out().println("Next: " + hint());
  }

  private String hint() {
    Optional<OutputFile> save = files.save();
    if (save.isPresent()) {
      return "predict --model " + save.get().path() + " --image PICTURE.png";
    }
    if (options.network() == Network.MLP && files.resume().isEmpty()) {
      return "mnist --model cnn --epochs 3 gets more of them right; --save FILE keeps the model.";
    }
    return "--save FILE keeps the model, --plot FILE.png draws the curves; mnist --help has more.";
  }

  private static String describe(OpenDevice device) {
    BackendProvider provider = Backends.provider(device.device().backend());
    return device.device() + ": " + provider.availability().detail();
  }

  private static String describe(PictureData data) {
    return String.format(
        Locale.ROOT,
        "%s, %,d to train on and %,d to test on (%s)",
        data.set().name(),
        data.trainCount(),
        data.testCount(),
        data.source());
  }
}
