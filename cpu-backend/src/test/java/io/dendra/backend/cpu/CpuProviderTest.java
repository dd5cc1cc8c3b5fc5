package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuProviderTest {
  private static final String THREADS = "dendra.cpu.threads";

  private final String before = System.getProperty(THREADS);

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(THREADS);
    } else {
      System.setProperty(THREADS, before);
    }
  }

  @Test
  void probedBackendIsOpenedOnce() {
    System.setProperty(THREADS, "1");
    CpuProvider provider = new CpuProvider();
    assertThat(provider.availability().detail()).contains("1 threads");
    try (Backend first = provider.open(0);
        Backend second = provider.open(0)) {
      assertThat(first).isNotSameAs(second);
    }
  }

  @Test
  void settingsThatChangeAfterTheProbeCount() {
    CpuProvider provider = new CpuProvider();
    assertThat(provider.availability().available()).isTrue();
    System.setProperty(THREADS, "1");
    try (Backend backend = provider.open(0)) {
      assertThat(((CpuBackend) backend).describe()).contains("1 threads");
    }
  }

  @Test
  void settingsThatChangeAfterItPreparedItselfCount() {
    CpuProvider provider = new CpuProvider();
    provider.prepare();
    System.setProperty(THREADS, "1");
    assertThat(provider.availability().detail()).contains("1 threads");
    try (Backend first = provider.open(0);
        Backend second = provider.open(0)) {
      assertThat(first).isNotSameAs(second);
      assertThat(((CpuBackend) first).describe()).contains("1 threads");
    }
  }
}
