package io.dendra.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;

/**
 * One file from the network: whole and with the right checksum, or not at all.
 *
 * @param sha256 of the file, in lower-case hex digits
 * @param mostBytes where reading stops, against endless answers
 * @param patience how long to wait for a connection, and for each piece
 */
record Download(URI address, String sha256, long mostBytes, Duration patience) {
  Download(URI address, String sha256, long mostBytes) {
    this(address, sha256, mostBytes, Duration.ofSeconds(20));
  }

  /**
   * Writes the file beside its place and moves it there when it is complete and right; whatever was
   * there stays until then.
   *
   * @throws DataException with the address and what went wrong
   */
  void to(Path target, DownloadProgress progress) {
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      Path part =
          Files.createTempFile(target.toAbsolutePath().getParent(), name(target) + ".", ".part");
      try {
        receive(part, name(target), progress);
        move(part, target);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new DataException(address + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException(address + " was interrupted", e);
    }
  }

  private static String name(Path target) {
    return target.getFileName().toString();
  }

  private void receive(Path part, String name, DownloadProgress progress)
      throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(ProxySelector.getDefault())
            .build();
    HttpRequest request = HttpRequest.newBuilder(address).timeout(patience).build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new DataException(address + " answered HTTP " + response.statusCode());
      }
      long total = response.headers().firstValueAsLong("content-length").orElse(-1);
      String actual;
      try (Watchdog watchdog = new Watchdog(body, patience)) {
        actual = copy(body, part, name, total, watchdog, progress);
      }
      if (!actual.equals(sha256)) {
        throw new DataException(
            address
                + " sent another file than expected: SHA-256 "
                + actual
                + " instead of "
                + sha256);
      }
    }
  }

  /** Returns the checksum of what was written. */
  private String copy(
      InputStream body,
      Path part,
      String name,
      long total,
      Watchdog watchdog,
      DownloadProgress progress)
      throws IOException {
    MessageDigest digest = sha256Digest();
    byte[] piece = new byte[1 << 15];
    long written = 0;
    progress.progress(name, 0, total);
    try (OutputStream out = Files.newOutputStream(part)) {
      for (int read; (read = body.read(piece)) >= 0; ) {
        watchdog.fed();
        written += read;
        if (written > mostBytes) {
          throw new DataException(
              address + " sends more than the " + mostBytes + " bytes that are allowed");
        }
        out.write(piece, 0, read);
        digest.update(piece, 0, read);
        progress.progress(name, written, total);
      }
    } catch (IOException e) {
      throw watchdog.hasBitten()
          ? new IOException("nothing arrived for " + patience.toMillis() + " ms", e)
          : e;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256Digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
