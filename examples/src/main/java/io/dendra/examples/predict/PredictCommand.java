package io.dendra.examples.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.backend.OpenDevice;
import io.dendra.examples.cli.BackendOption;
import io.dendra.examples.cli.CommonOptions;
import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.Terminal;
import io.dendra.examples.mnist.Pictures;
import io.dendra.models.Model;
import io.dendra.tensor.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Classifies a picture with a model that {@code mnist --save} wrote. */
@Command(
    name = "predict",
    description = {
      "Classify a picture with a model saved by mnist --save.",
      "The picture is made like those of MNIST: grey, light on dark, cropped, scaled and centred."
    })
public final class PredictCommand implements Callable<Integer> {
  private static final int SHOWN = 3;

  private final Terminal terminal;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model, as mnist --save or --checkpoint wrote it.")
  private Path modelFile;

  @Option(
      names = "--image",
      required = true,
      paramLabel = "FILE",
      description = "The picture: PNG, JPEG, GIF or BMP of any size, one digit in it.")
  private Path imageFile;

  @Option(
      names = "--dataset",
      converter = Pictures.ByName.class,
      paramLabel = "NAME",
      description =
          "What the model was trained on, for the names of classes: ${COMPLETION-CANDIDATES}.")
  private Pictures dataset = Pictures.MNIST;

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Mixin private BackendOption backend;
  @Mixin private CommonOptions common;

  public PredictCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A class and how sure the model is of it. */
  private record Answer(String name, float probability) {}

  @Override
  public Integer call() throws JsonProcessingException {
    float[] pixels = DigitImage.read(imageFile);
    if (!Files.isRegularFile(modelFile)) {
      throw new Failure(
          "--model " + modelFile + ": there is no such file; mnist --save FILE writes one");
    }
    OpenDevice device = backend.open();
    try (Model model = Model.load(modelFile)) {
      model.to(device.device());
      List<Answer> answers =
          ranked(model.predict(NDArray.of(pixels, 1, DigitImage.SIDE, DigitImage.SIDE)));
      if (json) {
        terminal.out().println(new ObjectMapper().writeValueAsString(asMap(answers)));
      } else {
        print(answers);
      }
    }
    return 0;
  }

  private List<Answer> ranked(NDArray probabilities) {
    List<String> names = dataset.classNames();
    float[] values = probabilities.floats();
    if (values.length != names.size()) {
      throw new Failure(
          modelFile
              + " gives "
              + values.length
              + " numbers for a picture, expected "
              + names.size()
              + ": it is no model of mnist");
    }
    return IntStream.range(0, values.length)
        .mapToObj(i -> new Answer(names.get(i), values[i]))
        .sorted(Comparator.comparingDouble((Answer answer) -> -answer.probability()))
        .toList();
  }

  private void print(List<Answer> answers) {
    Answer best = answers.get(0);
    terminal
        .out()
        .println(
            String.format(
                Locale.ROOT, "%s  (%.1f %% sure)", best.name(), 100 * best.probability()));
    if (!common.quiet()) {
      List<String> shown = new ArrayList<>();
      for (Answer answer : answers.subList(0, SHOWN)) {
        shown.add(
            String.format(Locale.ROOT, "%s %.1f %%", answer.name(), 100 * answer.probability()));
      }
      terminal.out().println("Top " + SHOWN + ": " + String.join(", ", shown));
    }
  }

  private Map<String, Object> asMap(List<Answer> answers) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("image", imageFile.toString());
    map.put("model", modelFile.toString());
    map.put("class", answers.get(0).name());
    map.put("confidence", answers.get(0).probability());
    Map<String, Float> all = new LinkedHashMap<>();
    answers.forEach(answer -> all.put(answer.name(), answer.probability()));
    map.put("probabilities", all);
    return map;
  }
}
