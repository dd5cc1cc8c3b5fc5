package io.dendra.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.data.Mnist;
import io.dendra.examples.CommandRun;
import io.dendra.examples.IdxFolder;
import io.dendra.examples.predict.TestImages;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MnistCommandTest {
  @TempDir static Path shared;
  @TempDir Path folder;
  private static Path data;

  @BeforeAll
  static void writeDigits() throws IOException {
    data = IdxFolder.write(shared.resolve("mnist"), 600, 120);
  }

  private static CommandRun mnist(String... args) {
    List<String> all =
        new ArrayList<>(List.of("mnist", "--backend", "reference", "--data", data.toString()));
    all.addAll(List.of(args));
    CommandRun run = CommandRun.of(all.toArray(String[]::new));
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.err()).isEmpty();
    return run;
  }

  private JsonNode report(String name, String... args) throws IOException {
    Path file = folder.resolve(name);
    List<String> all = new ArrayList<>(List.of("--report", file.toString()));
    all.addAll(List.of(args));
    mnist(all.toArray(String[]::new));
    return new ObjectMapper().readTree(Files.readAllBytes(file));
  }

  @Test
  void trainsOnSeveralDevices() throws IOException {
    JsonNode one = report("one.json", "--epochs=1", "--limit=128");
    Path file = folder.resolve("two.json");
    CommandRun run =
        CommandRun.of(
            "mnist",
            "--devices=reference,reference:1",
            "--data=" + data,
            "--epochs=1",
            "--limit=128",
            "--report=" + file);
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out()).contains("[reference, reference:1]");
    JsonNode two = new ObjectMapper().readTree(Files.readAllBytes(file));
    assertThat(two.at("/backend/devices")).hasSize(2);
    assertThat(two.at("/batch_losses/0").asDouble())
        .isCloseTo(one.at("/batch_losses/0").asDouble(), within(1e-5));
  }

  @Test
  void trainsReportsPlotsSavesAndPredicts() throws IOException {
    Path model = folder.resolve("deep/down/digits.dendra");
    Path plot = folder.resolve("run.png");
    Path report = folder.resolve("run.json");
    CommandRun run =
        mnist(
            "--epochs=3",
            "--batch-size=32",
            "--seed=5",
            "--save=" + model,
            "--plot=" + plot,
            "--report=" + report);
    assertThat(run.out())
        .contains("reference: plain Java", "600 to train on and 120 to test on")
        .contains("Epoch 1/3", "Epoch 3/3", "Test accuracy 0.", "pictures per second")
        .contains(model.toString(), plot.toString(), report.toString());

    JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(report));
    assertThat(json.at("/backend/name").asText()).isEqualTo("reference");
    assertThat(json.at("/versions/java").asText()).contains(Runtime.version().toString());
    assertThat(json.at("/seed").asLong()).isEqualTo(5);
    assertThat(json.at("/data/generated").asBoolean()).isFalse();
    assertThat(json.at("/data/sha256").asText()).hasSize(64);
    assertThat(json.at("/data/train_images").asInt()).isEqualTo(600);
    assertThat(json.at("/model/weights").asInt()).isEqualTo(784 * 128 + 128 + 128 * 10 + 10);
    assertThat(json.at("/options/optimizer/learning_rate").asDouble()).isEqualTo(0.001);
    assertThat(json.at("/epochs")).hasSize(3);
    for (JsonNode epoch : json.at("/epochs")) {
      for (String key : List.of("loss", "accuracy", "val_loss", "val_accuracy")) {
        assertThat(epoch.get(key).isNumber()).as(key).isTrue();
      }
      assertThat(epoch.get("seconds").asDouble()).isPositive();
      assertThat(epoch.get("images_per_second").asDouble()).isPositive();
    }
    assertThat(json.at("/test_accuracy").asDouble()).isBetween(0.5, 1.0);
    assertThat(json.at("/stop_reason").isNull()).isTrue();
    assertThat(json.at("/peak_memory/heap_bytes").asLong()).isPositive();
    assertThat(json.at("/peak_memory/device_bytes").asLong()).isPositive();
    assertThat(json.at("/first_batch_losses")).hasSize(20);
    assertThat(json.at("/batch_losses")).hasSize(3 * 19);

    BufferedImage drawn = ImageIO.read(plot.toFile());
    assertThat(drawn.getWidth()).isEqualTo(1200);
    assertThat(drawn.getHeight()).isGreaterThan(600);

    assertPredictsATestDigit(model);
  }

  private void assertPredictsATestDigit(Path model) throws IOException {
    float[] digit = Mnist.load(data).test().take(1).all().input().floats();
    Path image = folder.resolve("digit.png");
    ImageIO.write(TestImages.of(digit), "png", image.toFile());
    String[] args = {
      "predict", "--backend=reference", "--model=" + model, "--image=" + image, "--json"
    };
    CommandRun here = CommandRun.of(args);
    assertThat(here.code()).as(here.toString()).isZero();
    JsonNode json = new ObjectMapper().readTree(here.out());
    assertThat(json.get("probabilities")).hasSize(10);
    assertThat(json.get("confidence").asDouble()).isBetween(0.1, 1.0);
    assertThat(inAnotherProcess(args)).isEqualTo(here.out().strip());
  }

  private static String inAnotherProcess(String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.dendra.examples.Main"));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String out =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    assertThat(process.exitValue()).isZero();
    return out.strip();
  }

  @ParameterizedTest
  @CsvSource({
    "--model=mlp,--loss=categorical_crossentropy",
    "--model=mlp,--loss=mse",
    "--model=mlp,--optimizer=sgd",
    "--model=mlp,--activation=tanh",
    "--model=mlp,--augment",
    "--model=cnn,--seed=1",
    "--model=lstm,--seed=1"
  })
  void trainsEveryNetworkAndOption(String model, String option) {
    assertThat(mnist(model, option, "--epochs=1", "--limit=48", "--batch-size=16").out())
        .contains("48 to train on and 48 to test on", "Test accuracy");
  }

  @Test
  void theSameSeedGivesTheSameLossesAndAnotherSeedDoesNot() throws IOException {
    String[] args = {"--epochs=2", "--limit=200", "--augment", "--seed=3"};
    JsonNode first = report("first.json", args);
    JsonNode second = report("second.json", args);
    assertThat(first.get("batch_losses")).isEqualTo(second.get("batch_losses"));
    assertThat(first.at("/data/sha256")).isEqualTo(second.at("/data/sha256"));
    JsonNode other = report("other.json", "--epochs=2", "--limit=200", "--augment", "--seed=4");
    assertThat(other.get("batch_losses")).isNotEqualTo(first.get("batch_losses"));
  }

  @Test
  void aResumedTrainingGoesOnAsIfItHadNeverStopped() throws IOException {
    Path half = folder.resolve("half.dendra");
    JsonNode whole = report("whole.json", "--epochs=3", "--limit=256", "--augment", "--seed=8");
    report("half.json", "--epochs=1", "--limit=256", "--augment", "--seed=8", "--save=" + half);
    JsonNode rest =
        report("rest.json", "--epochs=3", "--limit=256", "--augment", "--resume=" + half);
    List<Double> all = losses(whole);
    assertThat(losses(rest)).isEqualTo(all.subList(2, 6));
    assertThat(rest.at("/epochs/0/epoch").asInt()).isEqualTo(2);
    assertThat(rest.get("test_loss")).isEqualTo(whole.get("test_loss"));

    CommandRun enough =
        CommandRun.of(
            "mnist", "--data=" + data, "--epochs=1", "--resume=" + half, "--backend=reference");
    assertThat(enough.code()).isEqualTo(2);
    assertThat(enough.err()).contains("has been trained for 1 epochs", "--epochs N");
  }

  private static List<Double> losses(JsonNode report) {
    List<Double> losses = new ArrayList<>();
    report.get("batch_losses").forEach(loss -> losses.add(loss.asDouble()));
    return losses;
  }

  @Test
  void anInterruptLeavesTheCheckpointReadable() throws Exception {
    Path best = folder.resolve("best.dendra");
    CommandRun[] result = new CommandRun[1];
    Thread training =
        new Thread(
            () ->
                result[0] =
                    CommandRun.of(
                        "mnist",
                        "--backend=reference",
                        "--data=" + data,
                        "--epochs=100000",
                        "--limit=64",
                        "--checkpoint=" + best),
            "interrupted-training");
    training.start();
    for (int i = 0; i < 600 && !Files.exists(best); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    training.interrupt();
    training.join(TimeUnit.SECONDS.toMillis(60));
    assertThat(training.isAlive()).isFalse();
    assertThat(result[0].code()).isEqualTo(1);
    assertThat(result[0].err()).contains("interrupted", best.toString());

    Path image = folder.resolve("digit.png");
    float[] digit = Mnist.load(data).test().take(1).all().input().floats();
    ImageIO.write(TestImages.of(digit), "png", image.toFile());
    CommandRun predict =
        CommandRun.of("predict", "--backend=reference", "--model=" + best, "--image=" + image);
    assertThat(predict.code()).as(predict.toString()).isZero();
    assertThat(predict.out()).contains("% sure", "Top 3: ");
  }

  @Test
  void quietPrintsTheResultAlone() {
    CommandRun run = mnist("--quiet", "--epochs=1", "--limit=32");
    assertThat(run.out().lines()).hasSize(1);
    assertThat(run.out()).startsWith("Test accuracy ");
  }

  @Test
  void aFolderNamedFashionHoldsClothes() throws IOException {
    Path clothes = IdxFolder.write(folder.resolve("fashion-mnist"), 40, 20);
    CommandRun run =
        CommandRun.of(
            "mnist",
            "--backend=reference",
            "--epochs=1",
            "--data=" + clothes,
            "--augment",
            "--plot=" + folder.resolve("clothes.png"));
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out()).contains("Fashion-MNIST, 40 to train on");
  }
}
