package io.dendra.examples.mnist;

import io.dendra.data.Batch;
import io.dendra.data.Dataset;
import io.dendra.models.Model;
import io.dendra.tensor.NDArray;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Test pictures with what the model takes them for and how sure it is; mistakes are framed red. */
final class DigitGrid {
  private static final int SIDE = 28;
  private static final int COLUMNS = 12;
  private static final int FIRST_ROWS = 3;
  private static final int MISTAKE_ROWS = 2;
  private static final int CELL = ResultPlot.WIDTH / COLUMNS;
  private static final int PICTURE = 2 * SIDE;
  private static final int ROW = PICTURE + 44;
  private static final int HEADING = 40;
  private static final Color RIGHT = new Color(0x2C7A2C);
  private static final Color WRONG = new Color(0xC62828);

  private final float[] pixels;
  private final List<String> classNames;
  private final List<Answer> first;
  private final List<Answer> mistakes;
  private final int mistakeCount;

  /** What the model takes a picture for. */
  private record Answer(int picture, int label, int predicted, float confidence) {
    boolean isRight() {
      return label == predicted;
    }
  }

  private DigitGrid(float[] pixels, List<String> classNames, List<Answer> answers) {
    this.pixels = pixels;
    this.classNames = classNames;
    this.first = answers.stream().limit(FIRST_ROWS * COLUMNS).toList();
    List<Answer> wrong = answers.stream().filter(answer -> !answer.isRight()).toList();
    this.mistakeCount = wrong.size();
    this.mistakes =
        wrong.stream()
            .sorted(Comparator.comparingDouble((Answer answer) -> -answer.confidence()))
            .limit(MISTAKE_ROWS * COLUMNS)
            .toList();
  }

  /** The pictures of a test set and the model's predictions. */
  static DigitGrid of(Model model, PictureData data) {
    Dataset test = data.set().test();
    Batch all = test.batch((int) data.testCount()).all();
    NDArray probabilities = model.predict(Dataset.of(all.input()), 250).get(0);
    int[] labels = all.target().ints();
    int classes = data.set().classNames().size();
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      int from = i * classes;
      int best =
          IntStream.range(0, classes)
              .boxed()
              .max(Comparator.comparingDouble(c -> probabilities.doubleAt(from + c)))
              .orElseThrow();
      answers.add(new Answer(i, labels[i], best, (float) probabilities.doubleAt(from + best)));
    }
    return new DigitGrid(all.input().floats(), data.set().classNames(), answers);
  }

  int height() {
    return 2 * HEADING + (rows(first) + rows(mistakes)) * ROW + 10;
  }

  private static int rows(List<Answer> answers) {
    return (answers.size() + COLUMNS - 1) / COLUMNS;
  }

  /** Draws at the origin. */
  void draw(Graphics2D graphics) {
    drawHeading(graphics, 0, "The first test pictures");
    draw(graphics, HEADING, first);
    int below = HEADING + rows(first) * ROW;
    drawHeading(
        graphics,
        below,
        mistakeCount == 0
            ? "No mistakes"
            : String.format(
                Locale.ROOT,
                "The surest of %,d mistakes (right answer in brackets)",
                mistakeCount));
    draw(graphics, below + HEADING, mistakes);
  }

  private static void drawHeading(Graphics2D graphics, int top, String text) {
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 15));
    graphics.setColor(Color.DARK_GRAY);
    graphics.drawString(text, 24, top + 26);
  }

  private void draw(Graphics2D graphics, int top, List<Answer> answers) {
    for (int i = 0; i < answers.size(); i++) {
      draw(graphics, i % COLUMNS * CELL, top + i / COLUMNS * ROW, answers.get(i));
    }
  }

  private void draw(Graphics2D graphics, int x, int y, Answer answer) {
    int left = x + (CELL - PICTURE) / 2;
    graphics.drawImage(picture(answer.picture()), left, y, PICTURE, PICTURE, null);
    graphics.setColor(answer.isRight() ? RIGHT : WRONG);
    if (!answer.isRight()) {
      graphics.setStroke(new BasicStroke(3));
      graphics.drawRect(left - 2, y - 2, PICTURE + 3, PICTURE + 3);
    }
    String name = classNames.get(answer.predicted());
    String right = answer.isRight() ? "" : " (" + classNames.get(answer.label()) + ")";
    centred(graphics, name + right, x, y + PICTURE + 16);
    centred(
        graphics,
        String.format(Locale.ROOT, "%.1f %%", 100 * answer.confidence()),
        x,
        y + PICTURE + 31);
  }

  /** In a font small enough for the cell. */
  private static void centred(Graphics2D graphics, String text, int x, int baseline) {
    int size = 13;
    FontMetrics metrics;
    do {
      graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, size--));
      metrics = graphics.getFontMetrics();
    } while (metrics.stringWidth(text) > CELL - 4 && size > 7);
    graphics.drawString(text, x + (CELL - metrics.stringWidth(text)) / 2, baseline);
  }

  /** Black on white, as one writes. */
  private BufferedImage picture(int number) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIDE * SIDE; i++) {
      int grey = 255 - Math.round(255 * pixels[number * SIDE * SIDE + i]);
      image.setRGB(i % SIDE, i / SIDE, grey << 16 | grey << 8 | grey);
    }
    return image;
  }
}
