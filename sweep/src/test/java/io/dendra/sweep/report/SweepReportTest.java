package io.dendra.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dendra.sweep.Direction;
import io.dendra.sweep.Objective;
import io.dendra.sweep.Scale;
import io.dendra.sweep.Study;
import io.dendra.sweep.Trial;
import io.dendra.sweep.TrialPrunedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepReportTest {
  private static final String EVIL = "</script><script>alert(1)</script><!-- \u2028 & \" '";
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);
  private static final Pattern SCRIPT =
      Pattern.compile("</script>\n<script>(.*?)</script>", Pattern.DOTALL);

  @TempDir Path folder;

  private static double objective(Trial trial) {
    trial.attribute(PruningSavings.PLANNED, 4);
    double rate = trial.suggestFloat("learning_rate", 1e-5, 1e-1, Scale.LOG);
    String choice = trial.suggestCategorical("kind", Arrays.asList("a", null, EVIL));
    if ("a".equals(choice)) {
      trial.suggestInt(EVIL, 1, 9);
    }
    if (trial.number() == 3) {
      throw new IllegalStateException(EVIL);
    }
    for (int step = 0; step < 4; step++) {
      trial.report(step, step == 2 ? Double.NaN : rate);
      if (trial.number() % 3 == 1 && step == 1) {
        throw new TrialPrunedException();
      }
    }
    return rate;
  }

  private static Study study(int trials) throws InterruptedException {
    Study study = Study.create(EVIL, o -> o.directions(Direction.MAXIMIZE).seed(2));
    if (trials > 0) {
      study.optimize(SweepReportTest::objective, o -> o.trials(trials));
    }
    return study;
  }

  private static JsonNode data(String html) throws IOException {
    Matcher matcher = DATA.matcher(html);
    assertThat(matcher.find()).isTrue();
    return new ObjectMapper().readTree(matcher.group(1));
  }

  @Test
  void holdsAllTrialsAndNothingOfThemAsMarkup() throws Exception {
    try (Study study = study(12)) {
      Path file = folder.resolve("deep/report.html");
      SweepReport.write(study, file, o -> o.setting("sampler", EVIL).card("test", EVIL, EVIL));
      String html = Files.readString(file);
      assertThat(html).doesNotContain("alert(1)</script>").doesNotContain("<script>alert");
      assertThat(html.split("<script", -1)).hasSize(3);
      assertThat(html.split("</script>", -1)).hasSize(3);
      assertThat(html).doesNotContain("http://www.w3.org/1999").doesNotContain("src=\"http");
      JsonNode data = data(html);
      assertThat(data.get("study").asText()).isEqualTo(EVIL);
      assertThat(data.get("trials")).hasSize(12);
      assertThat(data.at("/parameters/0/log").asBoolean()).isTrue();
      assertThat(data.at("/parameters/1/choices").toString()).contains("null");
      assertThat(data.get("lanes")).hasSize(1);
      assertThat(data.at("/trials/5/l").asInt()).isZero();
      assertThat(data.at("/trials/3/s").asText()).isEqualTo("FAIL");
      assertThat(data.get("causes").get(data.at("/trials/3/c").asInt()).asText())
          .contains("IllegalStateException");
      assertThat(data.at("/trials/0/r/1/2").asText()).isEqualTo("NaN");
      assertThat(data.at("/saved/steps").asInt()).isEqualTo(2 * 4);
      assertThat(data.at("/settings/sampler").asText()).isEqualTo(EVIL);
    }
  }

  @Test
  void itsPolicyAllowsItsOwnScriptAlone() throws Exception {
    try (Study study = study(1)) {
      String html = SweepReport.html(study, o -> o);
      Matcher script = SCRIPT.matcher(html);
      assertThat(script.find()).isTrue();
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(script.group(1).getBytes(StandardCharsets.UTF_8));
      assertThat(html)
          .contains("default-src 'none'")
          .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
    }
  }

  @Test
  void aThousandTrialsWithLongCurvesStayBelowAMegabyte() throws Exception {
    try (Study study = Study.create("long", o -> o.seed(1))) {
      study.optimize(
          trial -> {
            double sum = 0;
            for (int i = 0; i < 8; i++) {
              sum += trial.suggestFloat("parameter_" + i, 0, 1);
            }
            for (int step = 0; step < 60; step++) {
              trial.report(step, sum / (step + 1));
            }
            if (trial.number() % 3 == 0) {
              throw new IllegalStateException("trial " + trial.number() + " failed by itself");
            }
            return sum;
          },
          o -> o.trials(1000));
      String html = SweepReport.html(study, o -> o);
      assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(1_000_000);
      JsonNode data = data(html);
      assertThat(data.get("trials")).hasSize(1000);
      assertThat(data.at("/trials/1/r/0/0").asInt()).isZero();
      JsonNode steps = data.at("/trials/1/r/0");
      assertThat(steps.get(steps.size() - 1).asInt()).isEqualTo(59);
    }
  }

  @Test
  void aStudyWithoutTrialsAndOneOfSeveralObjectivesHaveReports() throws Exception {
    try (Study none = study(0);
        Study several =
            Study.create("two", o -> o.directions(Direction.MAXIMIZE, Direction.MINIMIZE))) {
      assertThat(data(SweepReport.html(none, o -> o)).get("trials")).isEmpty();
      several.optimize(
          Objective.several(trial -> new double[] {trial.suggestFloat("x", 0, 1), trial.number()}),
          o -> o.trials(3));
      JsonNode data = data(SweepReport.html(several, o -> o.objectives("accuracy", "size")));
      assertThat(data.at("/objectives/1/name").asText()).isEqualTo("size");
      assertThat(data.at("/objectives/1/direction").asText()).isEqualTo("minimize");
      assertThat(data.at("/trials/2/v/1").asInt()).isEqualTo(2);
    }
  }

  @Test
  void theListenerWritesAsTrialsEndAndAtTheEnd() throws Exception {
    Path file = folder.resolve("live.html");
    int[] seen = new int[1];
    try (Study study = Study.create("live", o -> {})) {
      study.optimize(
          trial -> {
            if (trial.number() == 1) {
              seen[0] = data(Files.readString(file)).get("trials").size();
            }
            return trial.suggestFloat("x", 0, 1);
          },
          o ->
              o.trials(5)
                  .listener(new ReportListener(file, options -> options, Duration.ofMinutes(10))));
      assertThat(seen[0]).isEqualTo(1);
      assertThat(data(Files.readString(file)).get("trials")).hasSize(5);
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsAnError() throws Exception {
    try (Study study = study(1)) {
      assertThatThrownBy(() -> SweepReport.write(study, folder))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(folder.toString());
    }
  }
}
