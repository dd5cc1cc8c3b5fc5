package io.dendra.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Names near one that is not known, for error messages. */
public final class Suggestions {
  private static final int MOST = 3;

  private Suggestions() {}

  /** {@code ". Did you mean 'a' or 'b'?"}, or nothing when no name is near. */
  public static String nearest(String unknown, Collection<String> known) {
    String wanted = normal(unknown);
    int limit = Math.max(2, wanted.length() / 3);
    List<String> near =
        known.stream()
            .filter(
                name ->
                    distance(wanted, normal(name)) <= limit
                        || (wanted.length() > 2 && normal(name).contains(wanted))
                        || hasWordsOf(unknown, name))
            .sorted(
                Comparator.comparing((String name) -> !hasWordsOf(unknown, name))
                    .thenComparingInt(name -> distance(wanted, normal(name)))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MOST)
            .toList();
    return near.isEmpty() ? "" : ". Did you mean '" + String.join("' or '", near) + "'?";
  }

  /**
   * Whether {@code sparse_categorical_crossentropy} has the words of {@code sparse_crossentropy}.
   */
  private static boolean hasWordsOf(String unknown, String name) {
    return words(name).containsAll(words(unknown));
  }

  private static List<String> words(String name) {
    return List.of(name.toLowerCase(Locale.ROOT).split("[_\\- ]+"));
  }

  private static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[_\\- ]", "");
  }

  /** The Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
