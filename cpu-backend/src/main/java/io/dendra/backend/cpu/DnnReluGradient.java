package io.dendra.backend.cpu;

import io.dendra.backend.cpu.Primitive.Operand;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** {@code gradient · [value > 0]} over plain ranges of float32, in the calling thread. */
final class DnnReluGradient {
  private final Dnn dnn;
  private final PrimitiveCache cache;

  DnnReluGradient(Dnn dnn, PrimitiveCache cache) {
    this.dnn = dnn;
    this.cache = cache;
  }

  /** The places are addresses; the result may lie over the gradient. */
  void run(long value, long gradient, long result, long size) {
    cache
        .get(new PrimitiveCache.Key("relu_gradient", size), () -> make(size))
        .execute(value, gradient, result);
  }

  private Primitive make(long size) {
    int algorithm = dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
    dnnl_memory_desc line = Dnn.describe(new long[] {size}, new long[] {1});
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc forward = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_eltwise_forward_primitive_desc_create(
            forward,
            dnn.engine(),
            dnnl.dnnl_forward_training,
            algorithm,
            line,
            line,
            0,
            0,
            attributes),
        "relu");
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_eltwise_backward_primitive_desc_create(
            description, dnn.engine(), algorithm, line, line, line, 0, 0, forward, attributes),
        "relu gradient");
    dnnl.dnnl_primitive_desc_destroy(forward);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(line);
    return new Primitive(
        dnn,
        "relu gradient",
        description,
        Operand.in(dnnl.DNNL_ARG_DST, null),
        Operand.in(dnnl.DNNL_ARG_DIFF_DST, null),
        Operand.out(dnnl.DNNL_ARG_DIFF_SRC, null));
  }
}
