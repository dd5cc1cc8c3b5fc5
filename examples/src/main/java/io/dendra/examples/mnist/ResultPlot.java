package io.dendra.examples.mnist;

import io.dendra.examples.cli.Failure;
import io.dendra.examples.cli.OutputFile;
import io.dendra.training.History;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of a training: its curves, and what the model makes of test pictures. */
final class ResultPlot {
  static final int WIDTH = 1200;
  private static final int TITLE_HEIGHT = 50;
  private static final int CURVES_HEIGHT = 380;
  private static final Color TRAIN = new Color(0x1F77B4);
  private static final Color TEST = new Color(0xE6550D);

  private final TrainingReport report;

  ResultPlot(TrainingReport report) {
    this.report = report;
  }

  /**
   * Tries to write text.
   *
   * @throws Failure where this Java has no fonts, as in some bare containers
   */
  static void requireFonts() {
    BufferedImage image = new BufferedImage(10, 10, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.getFontMetrics().stringWidth("0");
      graphics.drawString("0", 0, 9);
    } catch (RuntimeException | LinkageError | InternalError e) {
      throw new Failure(
          "--plot needs fonts, and Java finds none here: install fontconfig and a font such as"
              + " DejaVu, or leave --plot out",
          e);
    } finally {
      graphics.dispose();
    }
  }

  void write(OutputFile file) {
    DigitGrid grid = DigitGrid.of(report.model(), report.data());
    BufferedImage image =
        new BufferedImage(
            WIDTH, TITLE_HEIGHT + CURVES_HEIGHT + grid.height(), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      drawTitle(graphics);
      graphics.translate(0, TITLE_HEIGHT);
      curve("Loss", "loss").paint(graphics, WIDTH / 2, CURVES_HEIGHT);
      graphics.translate(WIDTH / 2, 0);
      curve("Accuracy", "accuracy").paint(graphics, WIDTH / 2, CURVES_HEIGHT);
      graphics.translate(-WIDTH / 2, CURVES_HEIGHT);
      grid.draw(graphics);
    } finally {
      graphics.dispose();
    }
    file.write(out -> ImageIO.write(image, "png", out));
  }

  private void drawTitle(Graphics2D graphics) {
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 20));
    graphics.setColor(report.data().generated() ? Color.RED.darker() : Color.DARK_GRAY);
    String title =
        String.format(
            Locale.ROOT,
            "%s%s on %s: test accuracy %.4f",
            report.data().generated() ? "GENERATED digits, not MNIST: " : "",
            report.files().resume().isPresent() ? "resumed model" : report.options().network(),
            report.data().set().name(),
            report.outcome().test().get("accuracy"));
    graphics.drawString(title, 24, 34);
  }

  private XYChart curve(String title, String key) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH / 2)
            .height(CURVES_HEIGHT)
            .title(title)
            .xAxisTitle("epoch")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
    if (key.equals("accuracy")) {
      chart.getStyler().setLegendPosition(LegendPosition.InsideSE);
    }
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisDecimalPattern("0");
    chart.getStyler().setYAxisDecimalPattern("0.0##");
    chart.getStyler().setLocale(Locale.ROOT);
    add(chart, "training", key, TRAIN);
    add(chart, "test", "val_" + key, TEST);
    return chart;
  }

  private void add(XYChart chart, String name, String key, Color colour) {
    History history = report.outcome().history();
    List<Double> values = history.get(key);
    List<Integer> epochs =
        IntStream.rangeClosed(1, values.size())
            .mapToObj(epoch -> report.outcome().firstEpoch() + epoch)
            .toList();
    XYSeries series = chart.addSeries(name, epochs, values);
    series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(colour).setLineColor(colour);
  }
}
