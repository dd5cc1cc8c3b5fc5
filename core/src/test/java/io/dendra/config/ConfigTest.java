package io.dendra.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfigTest {
  private static final String KEY = "dendra.test.key";

  @AfterEach
  void clear() {
    Config.set(KEY, null);
    System.clearProperty(KEY);
  }

  @Test
  void codeGoesBeforeSystemPropertyBeforeFile() {
    assertThat(Config.get("dendra.test.file")).contains("from the file");
    assertThat(Config.get(KEY)).contains("file");
    System.setProperty(KEY, "property");
    assertThat(Config.get(KEY)).contains("property");
    Config.set(KEY, "code");
    assertThat(Config.get(KEY)).contains("code");
    Config.set(KEY, null);
    assertThat(Config.get(KEY)).contains("property");
  }

  @Test
  void theEnvironmentIsAskedForTheNameInCapitals() {
    assertThat(Config.environmentName("dendra.cpu.threads")).isEqualTo("DENDRA_CPU_THREADS");
  }

  @Test
  void blankCountsAsAbsent() {
    System.setProperty(KEY, "  ");
    assertThat(Config.get(KEY)).contains("file");
  }

  @Test
  void numbersAreChecked() {
    assertThat(Config.getInt("dendra.test.absent", 1, 7)).isEqualTo(7);
    Config.set(KEY, "0");
    assertThatThrownBy(() -> Config.getInt(KEY, 1, 7))
        .hasMessageContaining(KEY)
        .hasMessageContaining("at least 1")
        .hasMessageContaining("'0'");
    Config.set(KEY, "many");
    assertThatThrownBy(() -> Config.getInt(KEY, 1, 7)).hasMessageContaining("'many'");
  }
}
