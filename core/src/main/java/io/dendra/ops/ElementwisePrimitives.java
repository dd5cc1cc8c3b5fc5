package io.dendra.ops;

import static io.dendra.ops.Elementwise.compare;
import static io.dendra.ops.Elementwise.unary;
import static io.dendra.ops.Elementwise.where;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;
import java.util.Locale;

/** The calls behind {@link Elementwise} and their gradients. */
final class ElementwisePrimitives {
  private ElementwisePrimitives() {}

  static String name(Enum<?> op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  static TensorSpec[] like(Tensor x) {
    return new TensorSpec[] {x.spec()};
  }

  static Tensor[] gradients(Tensor... gradients) {
    return gradients;
  }

  record Unary(UnaryOp op) implements Primitive {
    @Override
    public String name() {
      return ElementwisePrimitives.name(op);
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return like(in[0]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.unary(op, in[0], out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return op.isDifferentiable();
    }

    @Override
    public boolean savesInput(int input) {
      return switch (op) {
        case ABS, SQUARE, LOG, LOG1P, SIN, COS, ATAN, SINH, COSH, SOFTPLUS, ERF -> true;
        case NEG, SIGN, SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, TAN, TANH, SIGMOID, RELU -> false;
        case FLOOR, CEIL, ROUND -> false;
      };
    }

    @Override
    public boolean savesOutput(int output) {
      return switch (op) {
        case SQRT, RSQRT, RECIPROCAL, EXP, EXPM1, TAN, TANH, SIGMOID, RELU -> true;
        case NEG, ABS, SIGN, SQUARE, LOG, LOG1P, SIN, COS, ATAN, SINH, COSH -> false;
        case SOFTPLUS, ERF, FLOOR, CEIL, ROUND -> false;
      };
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor x = savesInput(0) ? c.input(0) : null;
      Tensor y = savesOutput(0) ? c.output(0) : null;
      return gradients(
          switch (op) {
            case NEG -> g.neg();
            case ABS -> g.mul(unary(UnaryOp.SIGN, x));
            case SQUARE -> g.mul(x).mul(2);
            case SQRT -> g.div(y).mul(0.5);
            case RSQRT -> g.mul(y.square().mul(y)).mul(-0.5);
            case RECIPROCAL -> g.mul(y.square()).neg();
            case EXP -> g.mul(y);
            case EXPM1 -> g.mul(y.add(1));
            case LOG -> g.div(x);
            case LOG1P -> g.div(x.add(1));
            case SIN -> g.mul(unary(UnaryOp.COS, x));
            case COS -> g.mul(unary(UnaryOp.SIN, x)).neg();
            case TAN -> g.mul(y.square().add(1));
            case ATAN -> g.div(x.square().add(1));
            case SINH -> g.mul(unary(UnaryOp.COSH, x));
            case COSH -> g.mul(unary(UnaryOp.SINH, x));
            case TANH -> g.mul(Elementwise.binary(BinaryOp.SUB, 1, y.square()));
            case SIGMOID -> g.mul(y.mul(Elementwise.binary(BinaryOp.SUB, 1, y)));
            case RELU -> NN.reluGrad(y, g);
            case SOFTPLUS -> g.mul(x.sigmoid());
            case ERF -> g.mul(x.square().neg().exp()).mul(2 / Math.sqrt(Math.PI));
            case SIGN, FLOOR, CEIL, ROUND ->
                throw new IllegalStateException(op + " is constant almost everywhere");
          });
    }
  }

  record Binary(BinaryOp op) implements Primitive {
    @Override
    public String name() {
      return ElementwisePrimitives.name(op);
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return like(in[0]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.binary(op, in[0], in[1], out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return op.isDifferentiable();
    }

    @Override
    public boolean savesInput(int input) {
      return op != BinaryOp.ADD && op != BinaryOp.SUB;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor a = savesInput(0) ? c.input(0) : null;
      Tensor b = savesInput(1) ? c.input(1) : null;
      boolean first = c.wants(0);
      boolean second = c.wants(1);
      return switch (op) {
        case ADD -> gradients(g, g);
        case SUB -> gradients(g, second ? g.neg() : null);
        case MUL -> gradients(first ? g.mul(b) : null, second ? g.mul(a) : null);
        case DIV -> gradients(g.div(b), second ? g.mul(a).div(b.square()).neg() : null);
        case POW ->
            gradients(
                first ? g.mul(b).mul(Elementwise.binary(BinaryOp.POW, a, b.sub(1))) : null,
                second ? powByExponent(a, b, g) : null);
        case MOD -> gradients(g, second ? g.mul(unary(UnaryOp.FLOOR, a.div(b))).neg() : null);
        case MAXIMUM -> gradients(chosen(a, b, g), second ? chosen(b, a, g) : null);
        case MINIMUM -> gradients(chosen(b, a, g), second ? chosen(a, b, g) : null);
        case ATAN2 -> {
          Tensor scaled = g.div(a.square().add(b.square()));
          yield gradients(scaled.mul(b), second ? scaled.mul(a).neg() : null);
        }
        case LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
            throw new IllegalStateException(op + " has no gradient");
      };
    }

    /** Where {@code greater > lesser} all of g, where equal half of it. */
    private static Tensor chosen(Tensor greater, Tensor lesser, Tensor g) {
      Tensor strictly = where(compare(CompareOp.GT, greater, lesser), g, 0);
      return strictly.add(where(compare(CompareOp.EQ, greater, lesser), g.mul(0.5), 0));
    }

    /** {@code g a^b log a}, and 0 where the base is not positive. */
    private static Tensor powByExponent(Tensor a, Tensor b, Tensor g) {
      Tensor positive = compare(CompareOp.GT, a, 0);
      Tensor base = where(positive, a, 1);
      Tensor slope = Elementwise.binary(BinaryOp.POW, base, b).mul(base.log());
      return where(positive, g.mul(slope), 0);
    }
  }

  record BinaryScalar(BinaryOp op, double scalar, boolean scalarFirst) implements Primitive {
    @Override
    public String name() {
      return ElementwisePrimitives.name(op);
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return like(in[0]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.binaryScalar(op, in[0], scalar, scalarFirst, out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return op.isDifferentiable();
    }

    @Override
    public boolean savesInput(int input) {
      return switch (op) {
        case ADD, SUB, MUL -> false;
        case DIV, MOD -> scalarFirst;
        case POW, MAXIMUM, MINIMUM, ATAN2 -> true;
        case LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR -> false;
      };
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor x = savesInput(0) ? c.input(0) : null;
      double s = scalar;
      return gradients(
          switch (op) {
            case ADD -> g;
            case SUB -> scalarFirst ? g.neg() : g;
            case MUL -> g.mul(s);
            case DIV -> scalarFirst ? g.mul(-s).div(x.square()) : g.div(s);
            case POW ->
                scalarFirst
                    ? g.mul(Elementwise.binary(BinaryOp.POW, s, x)).mul(Math.log(s))
                    : power(g, x, s);
            case MOD ->
                scalarFirst
                    ? g.mul(unary(UnaryOp.FLOOR, Elementwise.binary(BinaryOp.DIV, s, x))).neg()
                    : g;
            case MAXIMUM -> chosen(x, g, CompareOp.GT);
            case MINIMUM -> chosen(x, g, CompareOp.LT);
            case ATAN2 -> g.mul(scalarFirst ? -s : s).div(x.square().add(s * s));
            case LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
                throw new IllegalStateException(op + " has no gradient");
          });
    }

    /** {@code g s x^(s - 1)}, whose higher derivatives end at zero instead of 0 · infinity. */
    private static Tensor power(Tensor g, Tensor x, double s) {
      if (s == 0) {
        return g.mul(0);
      }
      if (s == 1) {
        return g;
      }
      return g.mul(s).mul(s == 2 ? x : x.pow(s - 1));
    }

    private Tensor chosen(Tensor x, Tensor g, CompareOp order) {
      Tensor strictly = where(compare(order, x, scalar), g, 0);
      return strictly.add(where(compare(CompareOp.EQ, x, scalar), g.mul(0.5), 0));
    }
  }

  record Compare(CompareOp op) implements Primitive {
    @Override
    public String name() {
      return ElementwisePrimitives.name(op);
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return new TensorSpec[] {new TensorSpec(in[0].shape(), DType.BOOL)};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.compare(op, in[0], in[1], out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return false;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      throw new IllegalStateException("comparisons have no gradient");
    }
  }

  record Where() implements Primitive {
    @Override
    public String name() {
      return "where";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return like(in[1]);
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.where(in[0], in[1], in[2], out[0]);
    }

    @Override
    public boolean differentiable(int input) {
      return input > 0;
    }

    @Override
    public boolean savesInput(int input) {
      return input == 0;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor condition = c.input(0);
      return gradients(
          null,
          c.wants(1) ? where(condition, g, 0) : null,
          c.wants(2) ? where(condition, 0, g) : null);
    }
  }

  record Cast(DType target) implements Primitive {
    @Override
    public String name() {
      return "cast";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      return new TensorSpec[] {new TensorSpec(in[0].shape(), target)};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.cast(in[0], out[0]);
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      return gradients(g.cast(c.inputSpec(0).dtype()));
    }
  }
}
