package io.dendra.sweep.execution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Messages over a socket: a line of JSON each, of limited length. One reader, many writers. */
final class JsonLines implements Closeable {
  /** Longer lines are refused; attributes and stack traces fit well. */
  static final int LONGEST = 1 << 20;

  /** With NaN and infinities, which reports may be. */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_LONG_FOR_INTS)
          .build();

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  JsonLines(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** After how long a silence a read fails. */
  void silence(Duration longest) throws IOException {
    socket.setSoTimeout(Math.toIntExact(longest.toMillis()));
  }

  /**
   * Sends a message.
   *
   * @throws IllegalArgumentException when it is too long; nothing is sent then
   */
  void write(ObjectNode message) throws IOException {
    byte[] line = (JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length > LONGEST) {
      throw new IllegalArgumentException(
          "a message of "
              + line.length
              + " bytes is too long to be sent, the most is "
              + LONGEST
              + ": keep large things in files of the trial's directory");
    }
    synchronized (out) {
      out.write(line);
      out.flush();
    }
  }

  /** The next message, waiting for it. */
  ObjectNode read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended");
      }
      if (line.size() >= LONGEST) {
        throw new IOException("a line of more than " + LONGEST + " bytes");
      }
      line.write(next);
    }
    return parse(line.toString(StandardCharsets.UTF_8));
  }

  private static ObjectNode parse(String line) throws IOException {
    try {
      JsonNode node = JSON.readTree(line);
      if (node instanceof ObjectNode message) {
        return message;
      }
    } catch (JsonProcessingException e) {
      // Not the cause: it would repeat what came, which may be anything.
    }
    throw new IOException("a line that is no message");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
