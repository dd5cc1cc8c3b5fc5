package io.dendra.sweep.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a report says beside what the study knows. */
public final class ReportOptions {
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final List<Map<String, String>> cards = new ArrayList<>();
  private List<String> objectives = List.of();

  ReportOptions() {}

  /** A line under "Settings". */
  public ReportOptions setting(String name, Object value) {
    settings.put(name, String.valueOf(value));
    return this;
  }

  /**
   * A number at the top of the page.
   *
   * @param more a few words under it
   */
  public ReportOptions card(String title, String text, String more) {
    cards.add(Map.of("title", title, "text", text, "more", more));
    return this;
  }

  /** What the objectives are called; "value" if not given. */
  public ReportOptions objectives(String... names) {
    this.objectives = List.of(names);
    return this;
  }

  Map<String, Object> settings() {
    return settings;
  }

  List<Map<String, String>> cards() {
    return cards;
  }

  String objective(int index, int count) {
    if (index < objectives.size()) {
      return objectives.get(index);
    }
    return count == 1 ? "value" : "value " + index;
  }
}
