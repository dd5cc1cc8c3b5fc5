package io.dendra.examples.mnist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.config.Config;
import io.dendra.examples.CommandRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No files and no network: the proxy that all addresses lead to does not answer. */
class GeneratedDigitsTest {
  @TempDir Path home;

  @BeforeEach
  void cutOff() throws IOException {
    Config.set("dendra.home", home.toString());
    System.setProperty("https.proxyHost", "127.0.0.1");
    System.setProperty("https.proxyPort", Integer.toString(closedPort()));
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", System.getProperty("https.proxyPort"));
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void connect() {
    Config.set("dendra.home", null);
    for (String scheme : new String[] {"http", "https"}) {
      System.clearProperty(scheme + ".proxyHost");
      System.clearProperty(scheme + ".proxyPort");
    }
  }

  @Test
  void trainsOnDrawnDigitsAndSaysSo() throws IOException {
    Path report = home.resolve("run.json");
    CommandRun run =
        CommandRun.of(
            "mnist",
            "--backend=reference",
            "--epochs=1",
            "--limit=64",
            "--report=" + report,
            "--plot=" + home.resolve("run.png"));
    assertThat(run.code()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("training on GENERATED handwritten-looking digits", "--data DIR")
        .contains("generated digits, 64 to train on")
        .contains("64 GENERATED digits (not MNIST)");
    JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(report));
    assertThat(json.at("/data/generated").asBoolean()).isTrue();
    assertThat(json.at("/data/name").asText()).isEqualTo("generated digits");
  }

  @Test
  void damagedFilesInTheCacheAreAnError() throws IOException {
    Path cache = Files.createDirectories(home.resolve("datasets/mnist"));
    for (String file :
        new String[] {
          "train-images-idx3-ubyte",
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "t10k-labels-idx1-ubyte"
        }) {
      Files.writeString(cache.resolve(file), "rubbish", StandardCharsets.UTF_8);
    }
    CommandRun run = CommandRun.of("mnist", "--backend=reference", "--limit=64");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains("idx");
    assertThat(run.out()).doesNotContain("GENERATED");
  }

  @Test
  void digitsDoNotStandInForClothes() {
    CommandRun run =
        CommandRun.of("mnist", "--backend=reference", "--dataset=fashion-mnist", "--limit=64");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("Fashion-MNIST is not in", "by hand");
  }
}
