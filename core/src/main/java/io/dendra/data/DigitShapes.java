package io.dendra.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

/**
 * How each digit may be written: a few variants per class, drawn by hand as strokes of cubic Bézier
 * curves and lines in a square from 0 to 100, y downwards.
 *
 * <p>{@code M x y} puts the pen down, {@code L x y} draws a line, {@code C x1 y1 x2 y2 x y} a curve
 * with two control points.
 */
final class DigitShapes {
  private static final String[][] PATHS = {
    {
      "M55 5 C20 0 8 40 12 62 C16 92 40 98 55 94 C85 86 92 50 84 28 C78 8 62 3 48 8",
      "M50 4 C15 4 10 96 50 96 C90 96 85 4 50 4",
      "M68 12 C40 -5 18 40 24 70 C30 100 60 100 72 66 C82 36 76 14 60 8",
      "M40 10 C8 26 10 92 46 95 C86 98 92 22 62 8 C54 4 44 8 36 18"
    },
    {
      "M50 2 L50 98",
      "M58 2 C54 30 48 70 44 98",
      "M30 24 C40 18 50 8 54 2 L52 98",
      "M32 20 L52 3 L52 96 M28 97 L76 97"
    },
    {
      "M16 24 C22 0 80 -4 80 30 C80 54 40 72 14 96 L88 94",
      "M20 20 C36 -6 82 0 76 34 C70 62 40 84 22 92 C8 98 12 74 30 80 C48 86 68 98 90 88",
      "M22 30 C20 4 62 -6 76 14 C90 40 40 70 18 92 C40 88 66 94 86 96",
      "M24 12 C48 -2 78 8 72 32 C66 56 36 76 18 94 C30 78 48 86 62 94 C70 98 80 98 88 90"
    },
    {
      "M18 12 C40 -4 82 0 76 26 C72 44 52 48 40 48 C66 46 86 56 82 76 C76 102 32 100 14 86",
      "M18 6 L78 6 L44 42 C70 40 88 56 82 76 C76 100 36 100 14 88",
      "M24 16 C36 0 70 0 70 22 C70 42 50 46 42 46 C64 44 82 58 76 78 C70 100 36 100 20 86",
      "M22 10 C50 0 76 8 66 28 C60 40 50 46 38 50 C58 42 80 50 78 68 C74 92 46 98 22 96"
    },
    {
      "M24 4 C20 22 14 44 14 56 C34 58 62 56 88 52 M66 6 C64 38 62 70 58 98",
      "M64 98 L66 4 L10 66 L90 64",
      "M30 6 C26 24 18 46 22 54 C30 62 60 56 74 46 M78 4 C76 36 68 70 64 98",
      "M20 8 C18 30 14 44 20 52 C32 58 62 52 80 48 M74 10 C70 40 64 72 62 98"
    },
    {
      "M80 6 L30 6 L24 44 C46 34 84 40 80 70 C76 100 32 102 14 86",
      "M28 8 C26 22 24 34 22 44 C48 36 82 46 76 74 C70 98 34 100 16 90 M26 8 C46 10 66 6 84 4",
      "M78 4 C60 8 44 6 34 8 C30 24 26 34 28 42 C44 40 72 46 70 70 C68 94 36 102 18 90",
      "M86 8 C66 4 48 6 40 10 C34 24 30 32 32 40 C48 46 66 58 62 76 C58 92 40 98 24 94"
    },
    {
      "M66 4 C34 18 14 52 18 76 C22 100 72 102 78 74 C80 48 36 44 20 72",
      "M54 2 C30 26 18 60 24 82 C32 104 70 98 70 76 C70 56 42 52 26 74",
      "M76 10 C46 -2 14 40 18 72 C22 104 78 100 78 72 C76 46 30 50 22 78",
      "M40 3 C26 30 20 62 28 82 C38 100 76 98 78 80 C78 64 50 60 28 80"
    },
    {
      "M14 8 L84 8 C66 36 50 66 42 98",
      "M14 10 L82 8 C64 38 50 70 40 98 M34 52 L76 50",
      "M14 22 C14 6 20 8 30 8 L80 8 C78 40 52 60 48 98",
      "M12 14 C40 8 66 8 82 10 C74 40 62 70 56 98"
    },
    {
      "M74 18 C60 -4 18 0 22 26 C26 48 80 50 80 76 C80 104 18 104 18 76 C18 50 70 46 74 18",
      "M50 48 C20 44 18 4 50 4 C82 4 80 44 50 48 C10 54 12 98 50 97 C88 96 90 54 50 48",
      "M70 10 C40 -6 14 20 36 40 C54 56 82 66 72 86 C60 106 20 100 24 78 C28 58 76 44 72 14",
      "M72 8 C48 0 20 14 34 34 C46 50 72 58 70 80 C66 100 26 102 24 82 C22 62 66 44 78 16"
    },
    {
      "M78 24 C70 -4 20 0 20 30 C20 58 70 56 78 26 C78 50 74 76 68 98",
      "M76 14 C50 -6 18 12 22 36 C28 58 66 50 76 16 L72 98",
      "M76 26 C74 -2 22 -2 22 28 C22 56 74 54 76 26 C80 60 70 92 24 96",
      "M72 10 C44 0 22 22 28 40 C36 54 64 42 74 14 C72 44 64 72 50 97"
    }
  };

  private DigitShapes() {}

  /**
   * A cubic curve.
   *
   * @param points x and y of the start, the two control points and the end
   * @param penDown whether a stroke starts here, apart from the curve before
   */
  record Curve(double[] points, boolean penDown) {}

  /** The variants of every digit. */
  static List<List<List<Curve>>> all() {
    List<List<List<Curve>>> digits = new ArrayList<>();
    for (String[] variants : PATHS) {
      List<List<Curve>> shapes = new ArrayList<>();
      for (String path : variants) {
        shapes.add(parse(path));
      }
      digits.add(shapes);
    }
    return digits;
  }

  private static List<Curve> parse(String path) {
    List<Curve> curves = new ArrayList<>();
    Scanner scanner = new Scanner(path.replaceAll("([MLC])", "$1 "));
    double x = 0;
    double y = 0;
    boolean penDown = false;
    while (scanner.hasNext()) {
      char command = scanner.next().charAt(0);
      double[] to = new double[command == 'C' ? 6 : 2];
      for (int i = 0; i < to.length; i++) {
        to[i] = Integer.parseInt(scanner.next());
      }
      double endX = to[to.length - 2];
      double endY = to[to.length - 1];
      if (command == 'M') {
        penDown = true;
      } else {
        double[] control =
            command == 'C'
                ? to
                : new double[] {
                  x + (endX - x) / 3,
                  y + (endY - y) / 3,
                  x + (endX - x) * 2 / 3,
                  y + (endY - y) * 2 / 3
                };
        curves.add(
            new Curve(
                new double[] {x, y, control[0], control[1], control[2], control[3], endX, endY},
                penDown));
        penDown = false;
      }
      x = endX;
      y = endY;
    }
    return curves;
  }
}
