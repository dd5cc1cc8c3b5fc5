package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScratchCacheTest {
  private final ScratchCache cache = new ScratchCache(10_000);

  @AfterEach
  void free() {
    cache.trim();
  }

  @Test
  void handsOutWhatCameBackWhenTheSizeIsNear() {
    CpuBuffer first = cache.take(3000);
    cache.giveBack(first);
    assertThat(cache.idleBytes()).isEqualTo(first.byteSize()).isGreaterThanOrEqualTo(3000);
    assertThat(cache.take(2000)).isSameAs(first);
    assertThat(cache.idleBytes()).isZero();
    cache.giveBack(first);
    CpuBuffer small = cache.take(100);
    assertThat(small).isNotSameAs(first);
    cache.giveBack(small);
  }

  @Test
  void keepsNoMoreThanItsBound() {
    CpuBuffer[] taken = new CpuBuffer[4];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = cache.take(3000);
    }
    for (CpuBuffer buffer : taken) {
      cache.giveBack(buffer);
    }
    assertThat(cache.idleBytes()).isEqualTo(3 * taken[0].byteSize());
  }

  @Test
  void isEmptiedByTheLastToClose() {
    cache.open();
    cache.open();
    cache.giveBack(cache.take(500));
    cache.close();
    assertThat(cache.idleBytes()).isPositive();
    cache.close();
    assertThat(cache.idleBytes()).isZero();
  }

  @Test
  void scratchMemoryComesFromTheCacheOfTheProcess() {
    try (Scratch scratch = new Scratch(io.dendra.tensor.DType.FLOAT32, 1 << 20)) {
      assertThat(scratch.view(1 << 20).buffer().byteSize()).isGreaterThanOrEqualTo(4 << 20);
    }
    assertThat(ScratchCache.shared().idleBytes()).isGreaterThanOrEqualTo(4 << 20);
  }
}
