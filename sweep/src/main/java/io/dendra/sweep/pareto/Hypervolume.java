package io.dendra.sweep.pareto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The volume that points dominate, up to a reference point: a measure of how good a set of
 * trade-offs is. Points are losses.
 *
 * <p>Two objectives take a sort, three a sweep over the third; more are done by the exclusive
 * volumes of the points one after another (L. While, L. Bradstreet, L. Barone, "A fast way of
 * calculating exact hypervolumes", 2012).
 */
public final class Hypervolume {
  private Hypervolume() {}

  /**
   * The volume of the union of the boxes from each point to the reference. Points that are not
   * better than it in every objective add nothing.
   */
  public static double of(double[][] losses, double[] reference) {
    List<double[]> inside = new ArrayList<>();
    for (double[] point : losses) {
      if (isInside(point, reference)) {
        inside.add(point);
      }
    }
    return volume(inside, reference);
  }

  private static boolean isInside(double[] point, double[] reference) {
    for (int i = 0; i < point.length; i++) {
      if (!(point[i] < reference[i])) {
        return false;
      }
    }
    return true;
  }

  private static double volume(List<double[]> points, double[] reference) {
    if (points.isEmpty()) {
      return 0;
    }
    return switch (reference.length) {
      case 1 -> reference[0] - points.stream().mapToDouble(point -> point[0]).min().orElseThrow();
      case 2 -> area(points, reference);
      case 3 -> slices(points, reference);
      default -> exclusive(points, reference);
    };
  }

  private static double area(List<double[]> points, double[] reference) {
    List<double[]> sorted = sorted(points, 0);
    double area = 0;
    double height = reference[1];
    for (double[] point : sorted) {
      if (point[1] < height) {
        area += (reference[0] - point[0]) * (height - point[1]);
        height = point[1];
      }
    }
    return area;
  }

  private static double slices(List<double[]> points, double[] reference) {
    List<double[]> sorted = sorted(points, 2);
    double volume = 0;
    for (int i = 0; i < sorted.size(); i++) {
      double top = i + 1 < sorted.size() ? sorted.get(i + 1)[2] : reference[2];
      double thickness = top - sorted.get(i)[2];
      if (thickness > 0) {
        volume += thickness * area(sorted.subList(0, i + 1), reference);
      }
    }
    return volume;
  }

  private static double exclusive(List<double[]> points, double[] reference) {
    double volume = 0;
    for (int i = 0; i < points.size(); i++) {
      double[] point = points.get(i);
      double box = 1;
      for (int d = 0; d < point.length; d++) {
        box *= reference[d] - point[d];
      }
      volume +=
          box - volume(front(limited(points.subList(i + 1, points.size()), point)), reference);
    }
    return volume;
  }

  /** What of each point lies within the box of another. */
  private static List<double[]> limited(List<double[]> points, double[] box) {
    List<double[]> limited = new ArrayList<>();
    for (double[] point : points) {
      double[] corner = new double[box.length];
      Arrays.setAll(corner, d -> Math.max(point[d], box[d]));
      limited.add(corner);
    }
    return limited;
  }

  private static List<double[]> front(List<double[]> points) {
    int[] ranks = NonDominatedSort.ranks(points.toArray(new double[0][]));
    List<double[]> front = new ArrayList<>();
    for (int i = 0; i < ranks.length; i++) {
      if (ranks[i] == 0) {
        front.add(points.get(i));
      }
    }
    return front;
  }

  private static List<double[]> sorted(List<double[]> points, int objective) {
    List<double[]> sorted = new ArrayList<>(points);
    sorted.sort(Comparator.comparingDouble(point -> point[objective]));
    return sorted;
  }
}
