package io.dendra.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedOp.Chain;
import io.dendra.backend.FusedOp.Chain.Instruction.Binary;
import io.dendra.backend.FusedOp.Chain.Instruction.Scalar;
import io.dendra.backend.FusedOp.Chain.Instruction.Unary;
import io.dendra.backend.UnaryOp;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainsTest {
  private static final Chain SCALED_TANH =
      new Chain(
          2,
          List.of(
              new Scalar(BinaryOp.MUL, 0, 1.5, false),
              new Unary(UnaryOp.TANH, 2),
              new Binary(BinaryOp.MUL, 3, 1)),
          List.of(4));

  @Test
  void runsItsInstructionsInOrder() {
    Tensor x = Tensor.of(new float[] {0.5f, -2f});
    Tensor g = Tensor.of(new float[] {3f});
    assertThat(Chains.apply(SCALED_TANH, x, g)[0].toNDArray())
        .isEqualTo(x.mul(1.5).tanh().mul(g).toNDArray());
  }

  @Test
  void takesInputsOfOneFloatingType() {
    assertThatThrownBy(
            () ->
                Chains.apply(
                    SCALED_TANH,
                    Tensor.of(new float[] {1f}),
                    Tensor.of(new float[] {1f}).cast(DType.FLOAT64)))
        .isInstanceOf(OpException.class)
        .hasMessageContaining("one floating type");
  }

  @Test
  void refusesOperandsThatAreNotThereYet() {
    assertThatThrownBy(() -> new Chain(1, List.of(new Unary(UnaryOp.EXP, 1)), List.of(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("before 1");
    assertThatThrownBy(() -> new Chain(1, List.of(new Unary(UnaryOp.EXP, 0)), List.of(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 1 on");
  }

  @Test
  void refusesBooleans() {
    assertThatThrownBy(
            () -> new Chain(2, List.of(new Binary(BinaryOp.LOGICAL_AND, 0, 1)), List.of(2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("functions of floats");
  }
}
