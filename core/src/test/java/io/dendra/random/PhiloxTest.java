package io.dendra.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The known answers for philox4x32-10 that are published with Random123. */
  @Test
  void knownAnswers() {
    assertThat(block(0, 0, 0)).containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(block(-1, -1, -1)).containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(block(0x299f31d0a4093822L, 0x0370734413198a2eL, 0x85a308d3243f6a88L))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void fillGivesTheWordsOfSuccessiveBlocks() {
    int[] filled = new int[11];
    Philox.fill(7, 9, 5, filled);
    for (int i = 0; i < filled.length; i++) {
      assertThat(filled[i]).isEqualTo(block(7, 9, 5 + i / 4)[i % 4]);
    }
  }

  @Test
  void blocksDifferWithEveryArgument() {
    int[] one = block(1, 2, 3);
    assertThat(Arrays.equals(one, block(2, 2, 3))).isFalse();
    assertThat(Arrays.equals(one, block(1, 3, 3))).isFalse();
    assertThat(Arrays.equals(one, block(1, 2, 1L << 32 | 3))).isFalse();
  }

  private static int[] block(long key, long counter, long n) {
    int[] words = new int[Philox.BLOCK];
    Philox.block(key, counter, n, words, 0);
    return words;
  }
}
