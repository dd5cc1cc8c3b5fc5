package io.dendra.sweep.samplers;

import java.util.stream.IntStream;

/** The places of finished trials along one parameter, kept in order as trials are added. */
final class SortedPlaces {
  private int[] numbers = new int[0];
  private double[] places = new double[0];

  /** Adds trials, some or all of those there are. */
  void add(int[] newNumbers, double[] newPlaces) {
    int[] sorted =
        IntStream.range(0, newNumbers.length)
            .boxed()
            .sorted((a, b) -> compare(newPlaces[a], newNumbers[a], newPlaces[b], newNumbers[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int old = numbers.length - 1;
    int to = numbers.length + sorted.length;
    int[] mergedNumbers = new int[to];
    double[] mergedPlaces = new double[to];
    for (int i = sorted.length - 1; i >= 0; i--) {
      int number = newNumbers[sorted[i]];
      double place = newPlaces[sorted[i]];
      while (old >= 0 && compare(places[old], numbers[old], place, number) > 0) {
        mergedNumbers[--to] = numbers[old];
        mergedPlaces[to] = places[old--];
      }
      mergedNumbers[--to] = number;
      mergedPlaces[to] = place;
    }
    System.arraycopy(numbers, 0, mergedNumbers, 0, to);
    System.arraycopy(places, 0, mergedPlaces, 0, to);
    numbers = mergedNumbers;
    places = mergedPlaces;
  }

  /** By place, then by number: zeros of either sign are equal. */
  private static int compare(double place, int number, double otherPlace, int otherNumber) {
    if (place != otherPlace) {
      return place < otherPlace ? -1 : 1;
    }
    return Integer.compare(number, otherNumber);
  }

  /**
   * The order of some observations.
   *
   * @param observation by the number of a trial, where it stands among them; -1 for those left out
   * @param count of the observations
   * @param others observations of trials that were never added, few and ascending
   * @param column the place of each observation
   */
  int[] order(int[] observation, int count, int[] others, double[] column) {
    int[] order = new int[count];
    int size = 0;
    for (int number : numbers) {
      int k = observation[number];
      if (k >= 0) {
        order[size++] = k;
      }
    }
    for (int k : others) {
      int at = size++;
      while (at > 0 && compare(column[order[at - 1]], order[at - 1], column[k], k) > 0) {
        order[at] = order[--at];
      }
      order[at] = k;
    }
    return order;
  }
}
