package io.dendra.backend.cpu;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.cpu.Primitive.Operand;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Elementwise functions of plain ranges of float32 by oneDNN. */
final class DnnRanges implements RangeFunctions {
  private final Dnn dnn;
  private final PrimitiveCache cache;
  private final DnnElementwise elementwise;

  DnnRanges(Dnn dnn, PrimitiveCache cache, DnnElementwise elementwise) {
    this.dnn = dnn;
    this.cache = cache;
    this.elementwise = elementwise;
  }

  @Override
  public boolean has(UnaryOp op) {
    return op == UnaryOp.TANH || op == UnaryOp.SIGMOID;
  }

  @Override
  public boolean has(BinaryOp op) {
    return switch (op) {
      case ADD, SUB, MUL, DIV -> true;
      // They do not hand on NaN.
      case MAXIMUM, MINIMUM -> false;
      case POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR -> false;
    };
  }

  @Override
  public Call unary(UnaryOp op, long n) {
    return elementwise.primitive(op, n).runs();
  }

  @Override
  public Call binary(BinaryOp op, long n) {
    return get(op, n, n);
  }

  @Override
  public Call withNumber(BinaryOp op, long n) {
    return get(op, n, 1);
  }

  private Call get(BinaryOp op, long n, long second) {
    PrimitiveCache.Key key = new PrimitiveCache.Key("binary", op.ordinal(), n, second);
    return cache.get(key, () -> make(op, n, second)).runs();
  }

  private Primitive make(BinaryOp op, long n, long second) {
    int algorithm =
        switch (op) {
          case ADD -> dnnl.dnnl_binary_add;
          case SUB -> dnnl.dnnl_binary_sub;
          case MUL -> dnnl.dnnl_binary_mul;
          case DIV -> dnnl.dnnl_binary_div;
          case MAXIMUM, MINIMUM, POW, MOD, ATAN2, LOGICAL_AND, LOGICAL_OR, LOGICAL_XOR ->
              throw new IllegalArgumentException(op + " is left to Java");
        };
    dnnl_memory_desc line = Dnn.describe(new long[] {n}, new long[] {1});
    dnnl_memory_desc other = Dnn.describe(new long[] {second}, new long[] {1});
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_binary_primitive_desc_create(
            description, dnn.engine(), algorithm, line, other, line, attributes),
        "elementwise " + op);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(line);
    dnnl.dnnl_memory_desc_destroy(other);
    return new Primitive(
        dnn,
        "elementwise " + op,
        description,
        Operand.in(dnnl.DNNL_ARG_SRC_0, null),
        Operand.in(dnnl.DNNL_ARG_SRC_1, null),
        Operand.out(dnnl.DNNL_ARG_DST, null));
  }
}
