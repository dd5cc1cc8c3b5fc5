package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.backend.cpu.Primitive.Operand;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** Float32 functions of one number by oneDNN, where a Java loop would be several times slower. */
final class DnnElementwise {
  private static final int NONE = 0;

  private final Dnn dnn;
  private final PrimitiveCache cache;

  DnnElementwise(Dnn dnn, PrimitiveCache cache) {
    this.dnn = dnn;
    this.cache = cache;
  }

  /** A function that is here, on plain ranges of a length. */
  Primitive primitive(UnaryOp op, long n) {
    return primitive(algorithm(op), n);
  }

  private Primitive primitive(int algorithm, long n) {
    PrimitiveCache.Key key = PrimitiveCache.key("eltwise").and(algorithm).and(n);
    Primitive known = cache.find(key);
    return known != null ? known : cache.make(key, () -> make(algorithm, n));
  }

  /** The function on ranges of one length, in the calling thread; null where it is not here. */
  Sliding sliding(UnaryOp op, View x, View out) {
    int algorithm = algorithm(op);
    if (algorithm == NONE || !Loop.flat(x.layout(), out.layout())) {
      return null;
    }
    return new DnnSliding(primitive(algorithm, out.layout().size()), x, out);
  }

  /** The function that ends a product or convolution. */
  static int algorithm(Epilogue epilogue) {
    return switch (epilogue) {
      case NONE -> NONE;
      case RELU -> dnnl.dnnl_eltwise_relu;
      case TANH -> dnnl.dnnl_eltwise_tanh;
      case SIGMOID -> dnnl.dnnl_eltwise_logistic;
    };
  }

  /**
   * The gradient by what an epilogue was applied to, over plain ranges of memory, in the caller.
   *
   * @param value what the epilogue gave
   * @param gradient the gradient by that
   */
  void slope(Epilogue epilogue, long value, long gradient, long to, long size) {
    PrimitiveCache.Key key = PrimitiveCache.key("slope").and(epilogue.ordinal()).and(size);
    Primitive known = cache.find(key);
    Primitive primitive = known != null ? known : cache.make(key, () -> makeSlope(epilogue, size));
    primitive.execute(value, gradient, to);
  }

  private Primitive makeSlope(Epilogue epilogue, long size) {
    int algorithm =
        switch (epilogue) {
          case RELU -> dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
          case TANH -> dnnl.dnnl_eltwise_tanh_use_dst_for_bwd;
          case SIGMOID -> dnnl.dnnl_eltwise_logistic_use_dst_for_bwd;
          case NONE -> throw new BackendException("nothing to derive");
        };
    dnnl_memory_desc line = Dnn.describe(new long[] {size}, new long[] {1});
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc hint = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_eltwise_forward_primitive_desc_create(
            hint,
            dnn.engine(),
            dnnl.dnnl_forward_training,
            algorithm,
            line,
            line,
            0,
            0,
            attributes),
        "elementwise");
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_eltwise_backward_primitive_desc_create(
            description, dnn.engine(), algorithm, line, line, line, 0, 0, hint, attributes),
        "elementwise gradient");
    dnnl.dnnl_primitive_desc_destroy(hint);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(line);
    return new Primitive(
        dnn,
        "elementwise gradient",
        description,
        Operand.in(dnnl.DNNL_ARG_DST, null),
        Operand.in(dnnl.DNNL_ARG_DIFF_DST, null),
        Operand.out(dnnl.DNNL_ARG_DIFF_SRC, null));
  }

  private Primitive make(int algorithm, long size) {
    dnnl_memory_desc line = Dnn.describe(new long[] {size}, new long[] {1});
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_eltwise_forward_primitive_desc_create(
            description,
            dnn.engine(),
            dnnl.dnnl_forward_training,
            algorithm,
            line,
            line,
            1,
            0,
            attributes),
        "elementwise");
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(line);
    return new Primitive(
        dnn,
        "elementwise",
        description,
        Operand.in(dnnl.DNNL_ARG_SRC, null),
        Operand.out(dnnl.DNNL_ARG_DST, null));
  }

  private static int algorithm(UnaryOp op) {
    // Its exp makes infinity of NaN, its log is off by 5e-6.
    return switch (op) {
      case TANH -> dnnl.dnnl_eltwise_tanh;
      case SIGMOID -> dnnl.dnnl_eltwise_logistic;
      case SOFTPLUS -> dnnl.dnnl_eltwise_soft_relu;
      case NEG,
          ABS,
          SIGN,
          SQUARE,
          SQRT,
          RSQRT,
          RECIPROCAL,
          EXP,
          EXPM1,
          LOG,
          LOG1P,
          SIN,
          COS,
          TAN,
          ATAN,
          SINH,
          COSH,
          RELU,
          ERF,
          FLOOR,
          CEIL,
          ROUND ->
          NONE;
    };
  }
}
