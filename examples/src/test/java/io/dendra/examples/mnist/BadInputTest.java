package io.dendra.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.examples.CommandRun;
import io.dendra.examples.IdxFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BadInputTest {
  private static final String IMAGES = "train-images-idx3-ubyte";
  private static final String LABELS = "train-labels-idx1-ubyte";

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeDigits() throws IOException {
    data = IdxFolder.write(folder.resolve("mnist"), 64, 20);
  }

  private CommandRun mnist(String... args) {
    List<String> all =
        new ArrayList<>(List.of("mnist", "--backend=reference", "--data=" + data, "--epochs=1"));
    all.addAll(List.of(args));
    return CommandRun.of(all.toArray(String[]::new));
  }

  private static void assertFails(CommandRun run, int code, String... words) {
    assertThat(run.code()).as(run.toString()).isEqualTo(code);
    assertThat(run.err()).startsWith("error: ").contains(words).doesNotContain("\tat ");
    assertThat(run.err().lines().count()).isLessThanOrEqualTo(2);
    assertThat(run.out()).doesNotContain("Epoch", "Test accuracy", "GENERATED");
  }

  @Test
  void truncatedFile() throws IOException {
    byte[] whole = Files.readAllBytes(data.resolve(IMAGES));
    Files.write(data.resolve(IMAGES), Arrays.copyOf(whole, whole.length - 100));
    assertFails(mnist(), 1, IMAGES);
  }

  @Test
  void wrongMagic() throws IOException {
    byte[] whole = Files.readAllBytes(data.resolve(IMAGES));
    whole[2] = 77;
    Files.write(data.resolve(IMAGES), whole);
    assertFails(mnist(), 1, IMAGES);
  }

  @Test
  void otherNumberOfLabels() throws IOException {
    Files.write(data.resolve(LABELS), IdxFolder.idx(0x801, new byte[63], 63));
    assertFails(mnist(), 1, "64 images", "63 labels");
  }

  @Test
  void labelOutOfRange() throws IOException {
    byte[] labels = new byte[64];
    labels[7] = 10;
    Files.write(data.resolve(LABELS), IdxFolder.idx(0x801, labels, 64));
    assertFails(mnist(), 1, "label 10 for sample 7");
  }

  @Test
  void missingFolder() {
    assertFails(
        CommandRun.of("mnist", "--backend=reference", "--data=" + folder.resolve("none")),
        1,
        "none does not exist");
  }

  @ParameterizedTest
  @CsvSource({
    "--optimizer=adma,Did you mean 'adam'",
    "--loss=sparse_categorical_crosentropy,Did you mean 'sparse_categorical_crossentropy'",
    "--activation=rleu,or 'relu'",
    "--model=cn,Did you mean 'cnn'",
    "--model=vgg,'no model ''vgg''. Known: mlp, cnn, lstm'",
    "--dataset=mnits,Did you mean 'mnist'",
    "--backend=cdua,or 'cuda'",
    "--epochs=0,--epochs has to be at least 1",
    "--batch-size=-3,--batch-size has to be at least 1",
    "--epochs=many,'many'",
    "--limit=0,--limit has to be at least 1",
    "--learning-rate=-1,above 0",
    "--learning-rate=NaN,above 0",
    "--epoch=3,Did you mean '--epochs"
  })
  void whatIsNotUnderstood(String option, String words) {
    assertFails(CommandRun.of("mnist", option), 2, words, "--help");
  }

  @Test
  void devicesThatDoNotFit() {
    String own = "--data=" + data;
    assertFails(mnist("--devices=reference,reference:1"), 2, "leave --backend out");
    assertFails(CommandRun.of("mnist", own, "--devices=reference,reference"), 1, "comes twice");
    assertFails(
        CommandRun.of("mnist", own, "--devices=reference,reference:9"), 1, "no device reference:9");
  }

  @Test
  void noCommandAndAnUnknownOne() {
    assertFails(CommandRun.of(), 2, "a command is missing");
    assertFails(CommandRun.of("mnits"), 2, "mnits", "Did you mean 'mnist'");
  }

  @Test
  void aBackendThatIsNotHereIsNeverReplaced() {
    assertFails(
        // Neither a machine without CUDA nor one with it has so many devices.
        CommandRun.of("mnist", "--data=" + data, "--backend=cuda:999"), 1, "cuda");
    assertFails(
        CommandRun.of("mnist", "--data=" + data, "--backend=reference:7"),
        1,
        "no device reference:7");
  }

  @ParameterizedTest
  @CsvSource({"--save", "--checkpoint", "--report", "--plot"})
  void aPathThatCannotBeWrittenIsFoundBeforeTraining(String option) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "mine", StandardCharsets.UTF_8);
    assertFails(mnist(option + "=" + file.resolve("below")), 1, option, "cannot be written");
    assertFails(mnist(option + "=" + folder), 1, option, "it is a folder");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aLossThatIsNoNumberEndsTheTrainingAndSavesNoModel() {
    Path model = folder.resolve("model.dendra");
    Path best = folder.resolve("best.dendra");
    Path report = folder.resolve("report.json");
    CommandRun run =
        mnist(
            "--optimizer=sgd",
            "--learning-rate=1e30",
            "--batch-size=16",
            "--loss=mse",
            "--activation=linear",
            "--save=" + model,
            "--checkpoint=" + best,
            "--report=" + report);
    assertThat(run.code()).as(run.toString()).isEqualTo(1);
    assertThat(run.err()).contains("the loss became", "lower learning rate", "No model was saved");
    assertThat(model).doesNotExist();
    assertThat(best).doesNotExist();
    assertThat(report).content().contains("the loss became");
  }

  @Test
  void aFileThatIsNoModel() throws IOException {
    Path file = Files.writeString(folder.resolve("model"), "no model", StandardCharsets.UTF_8);
    assertFails(mnist("--resume=" + file), 1, file.toString());
    assertFails(mnist("--resume=" + folder.resolve("none")), 1, "no such file");
    assertFails(mnist("--resume=" + file, "--optimizer=sgd"), 2, "--optimizer", "--resume");
  }

  @Test
  void verbosePrintsTheTrace() {
    CommandRun run = mnist("--resume=" + folder.resolve("none"), "--verbose");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains("\tat io.dendra.examples");
  }

  @Test
  void helpAndVersion() {
    CommandRun help = CommandRun.of("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("mnist", "predict", "doctor", "First steps");
    assertThat(CommandRun.of("mnist", "--help").out())
        .contains("--backend", "--plot", "--resume", "mlp, cnn, lstm");
    assertThat(CommandRun.of("--version").out()).startsWith("dendra ");
  }
}
