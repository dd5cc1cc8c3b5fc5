package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DownloadTest {
  private static final byte[] CONTENT = new byte[100_000];

  @TempDir Path folder;
  private HttpServer server;
  private final CountDownLatch released = new CountDownLatch(1);

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/good/", exchange -> answer(exchange, 200, CONTENT.length, CONTENT));
    server.createContext("/other/", exchange -> answer(exchange, 200, 3, new byte[3]));
    server.createContext("/missing/", exchange -> answer(exchange, 404, 3, new byte[3]));
    // Announces more than it sends.
    server.createContext("/truncated/", exchange -> answer(exchange, 200, 100_000, new byte[1000]));
    server.createContext("/endless/", exchange -> answer(exchange, 200, 0, new byte[500_000]));
    server.createContext(
        "/stalled/",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write(new byte[1000]);
          exchange.getResponseBody().flush();
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, int status, long length, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, length);
      exchange.getResponseBody().write(body);
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  private Download download(String path) throws Exception {
    return new Download(
        URI.create(base() + path), sha256(CONTENT), 200_000, Duration.ofMillis(1500));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private void assertFails(Download download, String... parts) throws IOException {
    Path target = folder.resolve("sub").resolve("data.gz");
    assertThatThrownBy(() -> download.to(target, DownloadProgress.SILENT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(download.address().toString())
        .hasMessageContainingAll(parts);
    assertThat(files()).isEmpty();

    Files.writeString(target, "as before", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> download.to(target, DownloadProgress.SILENT))
        .isInstanceOf(DataException.class);
    assertThat(files()).containsExactly(target);
    assertThat(target).hasContent("as before");
  }

  @Test
  void writesTheFileAndTellsHowFarItIs() throws Exception {
    Path target = folder.resolve("sub").resolve("data.gz");
    List<Long> progress = new ArrayList<>();
    download("good/data.gz")
        .to(
            target,
            (file, bytes, total) -> {
              assertThat(file).isEqualTo("data.gz");
              assertThat(total).isEqualTo(100_000);
              progress.add(bytes);
            });
    assertThat(target).hasBinaryContent(CONTENT);
    assertThat(files()).containsExactly(target);
    assertThat(progress).isSorted().startsWith(0L).endsWith(100_000L);
  }

  @Test
  void refusesAWrongChecksum() throws Exception {
    assertFails(
        download("other/data.gz"), "SHA-256", sha256(CONTENT), sha256(new byte[3]), "instead of");
  }

  @Test
  void refusesATruncatedAnswer() throws Exception {
    assertFails(download("truncated/data.gz"), "failed");
  }

  @Test
  void refusesAnAnswerThatIsTooLong() throws Exception {
    assertFails(download("endless/data.gz"), "more than the 200000 bytes");
  }

  @Test
  void reportsTheStatusOfTheServer() throws Exception {
    assertFails(download("missing/data.gz"), "HTTP 404");
  }

  @Test
  void reportsThatNobodyAnswers() throws Exception {
    Download download = download("good/data.gz");
    server.stop(0);
    assertFails(download, "ConnectException");
  }

  @Test
  void givesUpWhenNothingArrives() throws Exception {
    Path target = folder.resolve("data.gz");
    assertThatThrownBy(() -> download("stalled/data.gz").to(target, DownloadProgress.SILENT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("nothing arrived for 1500 ms");
    assertThat(files()).isEmpty();
  }

  @Test
  void dataSetsAreFetchedFromTheNextMirrorAndThenReadFromTheCache() throws Exception {
    byte[] images = IdxTest.gzip(new byte[] {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 51});
    byte[] labels = IdxTest.gzip(IdxTest.idx(8, 1, (byte) 3));
    server.createContext(
        "/set/",
        exchange -> {
          byte[] body = exchange.getRequestURI().getPath().contains("images") ? images : labels;
          answer(exchange, 200, body.length, body);
        });
    MnistFiles set =
        new MnistFiles(
            "Tiny",
            List.of("a", "b", "c", "d"),
            List.of(base() + "missing/", base() + "set/"),
            new MnistFiles.Checksums(
                sha256(images), sha256(labels), sha256(images), sha256(labels)));
    ImageClassification loaded = set.load(folder, DownloadProgress.SILENT);
    assertThat(loaded.train().all().target().ints()).containsExactly(3);
    assertThat(files()).hasSize(4).allMatch(file -> file.toString().endsWith("ubyte.gz"));

    server.stop(0);
    assertThat(set.load(folder, DownloadProgress.SILENT).test().all().input().floats())
        .containsExactly(51 * (float) (1 / 255.0));
  }

  @Test
  void withoutNetworkItSaysWhichFilesGoWhere() {
    server.stop(0);
    MnistFiles set =
        new MnistFiles(
            "Tiny", List.of("a"), List.of(base()), new MnistFiles.Checksums("1", "2", "3", "4"));
    assertThatThrownBy(() -> set.load(folder.resolve("tiny"), DownloadProgress.SILENT))
        .isInstanceOf(DataUnavailableException.class)
        .hasMessageContainingAll(
            "Tiny is not in " + folder.resolve("tiny"),
            "cannot be downloaded",
            "Put train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz");
  }
}
