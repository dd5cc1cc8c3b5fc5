package io.dendra.examples.sweep;

import io.dendra.sweep.report.ReportOptions;

/** Settings of a sweep as a report shows them. */
final class Described {
  private Described() {}

  static ReportOptions of(ReportOptions report, SweepSettings settings) {
    settings
        .toMap()
        .forEach(
            (name, value) -> {
              String text = String.valueOf(value);
              if (!text.equals("{}") && !text.equals("[]")) {
                report.setting(name, text);
              }
            });
    return settings.task().startsWith("mnist") ? report.objectives("validation accuracy") : report;
  }
}
