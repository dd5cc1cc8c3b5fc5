package io.dendra.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.FusedOp;
import io.dendra.random.RandomKey;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What captured steps read anew at each replay. */
class StepNumbersTest {
  private double rate = 0.1;

  private FusedOp adam(double weightDecay) {
    return new FusedOp.AdamStep(rate, 0.9, 0.99, 1e-7, rate * weightDecay);
  }

  private static double[] doubles(long[] words) {
    return Arrays.stream(words).mapToDouble(Double::longBitsToDouble).toArray();
  }

  @Test
  void stepsOfSeveralParametersHaveTheirNumbersOnceAndADecayEach() {
    StepNumbers numbers = new StepNumbers(RandomKey.of(1));
    FusedOp[] op = new FusedOp[1];
    numbers.during(
        () -> op[0] = StepNumbers.varying(() -> new FusedOp.Steps(List.of(adam(0.5), adam(0)))));
    assertThat(numbers.slot(op[0])).isZero();
    assertThat(doubles(numbers.values())).containsExactly(0.1, 0.9, 0.99, 1e-7, 0.05, 0);
    rate = 0.2;
    assertThat(doubles(numbers.values())).containsExactly(0.2, 0.9, 0.99, 1e-7, 0.1, 0);
  }

  @Test
  void stepsThatNobodyFollowsAreNotedAsMissing() {
    StepNumbers numbers = new StepNumbers(RandomKey.of(1));
    FusedOp sgd = new FusedOp.SgdStep(0.1, 0.9, false);
    numbers.during(() -> StepNumbers.varying(() -> new FusedOp.Steps(List.of(sgd, sgd))));
    assertThatThrownBy(numbers::requireComplete).hasMessageContaining("no kernel");
  }
}
