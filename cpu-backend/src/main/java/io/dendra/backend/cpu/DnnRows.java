package io.dendra.backend.cpu;

import io.dendra.backend.cpu.Primitive.Operand;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Softmax and layer normalisation over the rows of row-major float32 matrices, in the calling
 * thread. The places are addresses.
 */
final class DnnRows {
  private final Dnn dnn;
  private final PrimitiveCache cache;

  DnnRows(Dnn dnn, PrimitiveCache cache) {
    this.dnn = dnn;
    this.cache = cache;
  }

  /** The softmax of each row; the result may lie over the operand. */
  Primitive softmax(long rows, long columns) {
    PrimitiveCache.Key key = PrimitiveCache.key("softmax").and(rows).and(columns);
    Primitive known = cache.find(key);
    return known != null ? known : cache.make(key, () -> makeSoftmax(rows, columns));
  }

  /** Of the value and the gradient by it the gradient by the operand, which may lie over it. */
  Primitive softmaxGradient(boolean logarithm, long rows, long columns) {
    PrimitiveCache.Key key =
        PrimitiveCache.key("softmax_gradient").and(logarithm ? 1 : 0).and(rows).and(columns);
    Primitive known = cache.find(key);
    return known != null
        ? known
        : cache.make(key, () -> makeSoftmaxGradient(logarithm, rows, columns));
  }

  private static int algorithm(boolean logarithm) {
    return logarithm ? dnnl.dnnl_softmax_log : dnnl.dnnl_softmax_accurate;
  }

  private static dnnl_memory_desc matrix(long rows, long columns) {
    return Dnn.describe(new long[] {rows, columns}, new long[] {columns, 1});
  }

  private dnnl_primitive_desc softmaxForward(
      boolean logarithm, dnnl_memory_desc matrix, dnnl_primitive_attr attributes) {
    dnnl_primitive_desc result = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_softmax_forward_primitive_desc_create(
            result,
            dnn.engine(),
            dnnl.dnnl_forward_training,
            algorithm(logarithm),
            matrix,
            matrix,
            1,
            attributes),
        "softmax");
    return result;
  }

  private Primitive makeSoftmax(long rows, long columns) {
    dnnl_memory_desc matrix = matrix(rows, columns);
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc description = softmaxForward(false, matrix, attributes);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(matrix);
    return new Primitive(
        dnn,
        "softmax",
        description,
        Operand.in(dnnl.DNNL_ARG_SRC, null),
        Operand.out(dnnl.DNNL_ARG_DST, null));
  }

  private Primitive makeSoftmaxGradient(boolean logarithm, long rows, long columns) {
    dnnl_memory_desc matrix = matrix(rows, columns);
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc forward = softmaxForward(logarithm, matrix, attributes);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_softmax_backward_primitive_desc_create(
            description,
            dnn.engine(),
            algorithm(logarithm),
            matrix,
            matrix,
            matrix,
            1,
            forward,
            attributes),
        "softmax gradient");
    dnnl.dnnl_primitive_desc_destroy(forward);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(matrix);
    return new Primitive(
        dnn,
        "softmax gradient",
        description,
        Operand.in(dnnl.DNNL_ARG_DST, null),
        Operand.in(dnnl.DNNL_ARG_DIFF_DST, null),
        Operand.out(dnnl.DNNL_ARG_DIFF_SRC, null));
  }

  /** Of rows, scale and shift the normal rows scaled and shifted, their means and variances. */
  Primitive layerNorm(double epsilon, long rows, long columns) {
    PrimitiveCache.Key key =
        PrimitiveCache.key("layer_norm")
            .and(Double.doubleToLongBits(epsilon))
            .and(rows)
            .and(columns);
    Primitive known = cache.find(key);
    return known != null ? known : cache.make(key, () -> makeLayerNorm(epsilon, rows, columns));
  }

  /**
   * Of rows, their means and variances, scale and gradient the gradients of rows, scale and shift.
   */
  Primitive layerNormGradient(double epsilon, long rows, long columns) {
    PrimitiveCache.Key key =
        PrimitiveCache.key("layer_norm_gradient")
            .and(Double.doubleToLongBits(epsilon))
            .and(rows)
            .and(columns);
    Primitive known = cache.find(key);
    return known != null
        ? known
        : cache.make(key, () -> makeLayerNormGradient(epsilon, rows, columns));
  }

  private static final int FLAGS = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  private dnnl_primitive_desc layerNormForward(
      double epsilon,
      dnnl_memory_desc matrix,
      dnnl_memory_desc statistics,
      dnnl_primitive_attr attributes) {
    dnnl_primitive_desc result = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_layer_normalization_forward_primitive_desc_create(
            result,
            dnn.engine(),
            dnnl.dnnl_forward_training,
            matrix,
            matrix,
            statistics,
            (float) epsilon,
            FLAGS,
            attributes),
        "layer normalization");
    return result;
  }

  private Primitive makeLayerNorm(double epsilon, long rows, long columns) {
    dnnl_memory_desc matrix = matrix(rows, columns);
    dnnl_memory_desc statistics = Dnn.describe(new long[] {rows}, new long[] {1});
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc description = layerNormForward(epsilon, matrix, statistics, attributes);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(matrix);
    dnnl.dnnl_memory_desc_destroy(statistics);
    return new Primitive(
        dnn,
        "layer normalization",
        description,
        Operand.in(dnnl.DNNL_ARG_SRC, null),
        Operand.in(dnnl.DNNL_ARG_SCALE, null),
        Operand.in(dnnl.DNNL_ARG_SHIFT, null),
        Operand.out(dnnl.DNNL_ARG_DST, null),
        Operand.out(dnnl.DNNL_ARG_MEAN, null),
        Operand.out(dnnl.DNNL_ARG_VARIANCE, null));
  }

  private Primitive makeLayerNormGradient(double epsilon, long rows, long columns) {
    dnnl_memory_desc matrix = matrix(rows, columns);
    dnnl_memory_desc statistics = Dnn.describe(new long[] {rows}, new long[] {1});
    dnnl_primitive_attr attributes = Dnn.attributes();
    dnnl_primitive_desc forward = layerNormForward(epsilon, matrix, statistics, attributes);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Dnn.check(
        dnnl.dnnl_layer_normalization_backward_primitive_desc_create(
            description,
            dnn.engine(),
            dnnl.dnnl_backward,
            matrix,
            matrix,
            matrix,
            statistics,
            (float) epsilon,
            FLAGS,
            forward,
            attributes),
        "layer normalization gradient");
    dnnl.dnnl_primitive_desc_destroy(forward);
    dnnl.dnnl_primitive_attr_destroy(attributes);
    dnnl.dnnl_memory_desc_destroy(matrix);
    dnnl.dnnl_memory_desc_destroy(statistics);
    return new Primitive(
        dnn,
        "layer normalization gradient",
        description,
        Operand.in(dnnl.DNNL_ARG_SRC, null),
        Operand.in(dnnl.DNNL_ARG_MEAN, null),
        Operand.in(dnnl.DNNL_ARG_VARIANCE, null),
        Operand.in(dnnl.DNNL_ARG_SCALE, null),
        Operand.in(dnnl.DNNL_ARG_DIFF_DST, null),
        Operand.out(dnnl.DNNL_ARG_DIFF_SRC, null),
        Operand.out(dnnl.DNNL_ARG_DIFF_SCALE, null),
        Operand.out(dnnl.DNNL_ARG_DIFF_SHIFT, null));
  }
}
