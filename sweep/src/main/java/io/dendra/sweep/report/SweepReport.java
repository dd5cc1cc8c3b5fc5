package io.dendra.sweep.report;

import io.dendra.serialization.AtomicFile;
import io.dendra.sweep.Study;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.UnaryOperator;

/**
 * A study as one HTML page: history, values on the way, parallel coordinates, slices, importances,
 * timeline, Pareto front and a table of all trials. It loads nothing and sends nothing.
 *
 * <pre>{@code
 * SweepReport.write(study, Path.of("sweep.html"));
 * study.optimize(objective, o -> o.listener(new ReportListener(Path.of("sweep.html"))));
 * }</pre>
 *
 * <p>Names and values come from whoever wrote the study, so they reach the page as data only: they
 * cannot end the element that holds them, the script sets them as text, and the policy of the page
 * runs no script but its own.
 */
public final class SweepReport {
  private static final String[] SCRIPTS = {
    "base.js", "axes.js", "charts.js", "parallel.js", "timeline.js", "table.js", "page.js"
  };

  private SweepReport() {}

  /**
   * Writes the page, whole or not at all.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  public static void write(Study study, Path file) {
    write(study, file, options -> options);
  }

  /**
   * Writes the page.
   *
   * @throws UncheckedIOException when it cannot be written
   */
  public static void write(Study study, Path file, UnaryOperator<ReportOptions> settings) {
    byte[] page = html(study, settings).getBytes(StandardCharsets.UTF_8);
    try {
      AtomicFile.write(file, out -> out.write(page));
    } catch (IOException e) {
      throw new UncheckedIOException("the report " + file + " cannot be written: " + e, e);
    }
  }

  /** The page. */
  public static String html(Study study, UnaryOperator<ReportOptions> settings) {
    String data = new ReportData(study, settings.apply(new ReportOptions())).json();
    StringBuilder script = new StringBuilder();
    for (String name : SCRIPTS) {
      script.append(resource(name));
    }
    String policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"
            + sha256(script.toString())
            + "'";
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta http-equiv=\"Content-Security-Policy\" content=\""
        + policy
        + "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        + "<title>Sweep</title>\n<style>\n"
        + resource("report.css")
        + "</style>\n</head>\n<body>\n<main></main>\n"
        + "<noscript>The charts of this page are drawn by a script in it.</noscript>\n"
        + "<script type=\"application/json\" id=\"data\">"
        + escaped(data)
        + "</script>\n<script>"
        + script
        + "</script>\n</body>\n</html>\n";
  }

  /** JSON that ends no element and opens none; these characters occur in its strings only. */
  private static String escaped(String json) {
    return json.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  private static String resource(String name) {
    try (InputStream in = SweepReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar of dendra-sweep lacks the report's " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
