package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedOp.Chain;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains give the bits of their instructions run one by one, whatever the layouts and lengths. */
final class ChainKernelTest {
  private static final List<UnaryOp> UNARY =
      List.of(UnaryOp.TANH, UnaryOp.SIGMOID, UnaryOp.SQUARE, UnaryOp.EXP, UnaryOp.SOFTPLUS);
  private static final List<BinaryOp> BINARY =
      List.of(BinaryOp.ADD, BinaryOp.SUB, BinaryOp.MUL, BinaryOp.DIV, BinaryOp.MAXIMUM);

  private Twins twins;

  private Instruction draw(int known, boolean simple) {
    int a = twins.random.nextInt(known);
    return switch (twins.random.nextInt(3)) {
      case 0 -> new Instruction.Unary(UNARY.get(twins.random.nextInt(simple ? 3 : 5)), a);
      case 1 ->
          new Instruction.Binary(
              BINARY.get(twins.random.nextInt(simple ? 3 : 5)), a, twins.random.nextInt(known));
      default ->
          new Instruction.Scalar(
              BINARY.get(twins.random.nextInt(simple ? 3 : 5)),
              a,
              twins.random.nextInt(7) / 2.0 - 1.5,
              twins.random.nextBoolean());
    };
  }

  private View dense(Shape shape) {
    return twins.input(DType.FLOAT32, Layout.contiguous(shape), -2, 2).actual();
  }

  private List<View> oneByOne(Chain chain, View[] inputs, Shape shape) {
    List<View> operands = new ArrayList<>(List.of(inputs));
    for (Instruction instruction : chain.instructions()) {
      View out = output(shape);
      if (instruction instanceof Instruction.Unary unary) {
        twins.tested.unary(unary.op(), operands.get(unary.x()), out);
      } else if (instruction instanceof Instruction.Binary binary) {
        View b = operands.get(binary.b());
        twins.tested.binary(binary.op(), operands.get(binary.a()), b, out);
      } else {
        Instruction.Scalar scalar = (Instruction.Scalar) instruction;
        View a = operands.get(scalar.a());
        twins.tested.binaryScalar(scalar.op(), a, scalar.scalar(), scalar.scalarFirst(), out);
      }
      operands.add(out);
    }
    return operands;
  }

  private View output(Shape shape) {
    CpuBuffer memory = (CpuBuffer) twins.tested.allocate(4 * shape.size());
    return new View(memory, DType.FLOAT32, Layout.contiguous(shape));
  }

  private float[] values(View view) {
    float[] values = new float[(int) view.layout().size()];
    twins.tested.toHost(view, values, 0);
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineChoice.class,
      names = {"ONEDNN", "ND4J"})
  void givesTheBitsOfSingleOps(EngineChoice engine) {
    try (Twins opened = new Twins(new CpuBackend(new CpuSettings(engine, 2)))) {
      twins = opened;
      for (int seed = 0; seed < 60; seed++) {
        twins.seed(seed);
        Shape shape =
            switch (seed % 4) {
              case 0 -> Shape.of(3, 5, 4);
              case 1 -> Shape.of(70, 61);
              case 2 -> Shape.of(150, 130);
              default -> Shape.of(1, 50_021);
            };
        check(shape, seed % 3 == 0);
      }
    }
  }

  private void check(Shape shape, boolean simple) {
    int inputs = 1 + twins.random.nextInt(3);
    View[] in = new View[inputs];
    for (int i = 0; i < inputs; i++) {
      in[i] = simple || i == 0 ? dense(shape) : twins.input(DType.FLOAT32, shape, -2, 2).actual();
    }
    List<Instruction> instructions = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      instructions.add(draw(inputs + i, simple));
    }
    Chain chain = new Chain(inputs, instructions, List.of(inputs + 5, inputs + 3));
    List<View> expected = oneByOne(chain, in, shape);
    View[] out = {output(shape), output(shape)};
    twins.tested.fused(chain, in).forward(in, out);
    assertThat(values(out[0]))
        .as("%s of %s", chain, shape)
        .isEqualTo(values(expected.get(inputs + 5)));
    assertThat(values(out[1]))
        .as("%s of %s", chain, shape)
        .isEqualTo(values(expected.get(inputs + 3)));
    float[] last = values(out[0]);
    // Over its own first input.
    View[] over = {in[0], out[1]};
    twins.tested.fused(chain, in).forward(in, over);
    assertThat(values(in[0])).as("%s in place", chain).isEqualTo(last);
  }
}
