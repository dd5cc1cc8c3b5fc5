package io.dendra.backend.cuda;

import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.function.Supplier;

/** Kernels that compute each element of the result from the elements at its place. */
final class Elementwise {
  private static final int TYPES = DType.values().length;

  private final CudaDevice device;
  private final KernelFamily unary;
  private final KernelFamily binary;
  private final KernelFamily scalar;
  private final KernelFamily compare;
  private final KernelFamily where;
  private final KernelFamily cast;

  Elementwise(CudaDevice device) {
    this.device = device;
    this.unary = family(UnaryOp.values().length * TYPES);
    this.binary = family(BinaryOp.values().length * TYPES);
    this.scalar = family(BinaryOp.values().length * TYPES);
    this.compare = family(CompareOp.values().length * TYPES);
    this.where = family(TYPES);
    this.cast = family(TYPES * TYPES);
  }

  private KernelFamily family(int variants) {
    return new KernelFamily(device, variants, Walk.values().length);
  }

  void unary(UnaryOp op, View x, View out) {
    int variant = op.ordinal() * TYPES + x.dtype().ordinal();
    Supplier<KernelSource> source =
        () -> KernelSource.of("unary", "T=" + type(x), "OP=" + op.name());
    run(unary, variant, source, x, out);
  }

  void binary(BinaryOp op, View a, View b, View out) {
    int variant = op.ordinal() * TYPES + a.dtype().ordinal();
    Supplier<KernelSource> source =
        () -> KernelSource.of("binary", "T=" + type(a), "OP=" + op.name());
    run(binary, variant, source, a, b, out);
  }

  void binaryScalar(BinaryOp op, View a, double value, boolean scalarFirst, View out) {
    int variant = op.ordinal() * TYPES + a.dtype().ordinal();
    Supplier<KernelSource> source =
        () -> KernelSource.of("binary_scalar", "T=" + type(a), "OP=" + op.name());
    Geometry geometry = Geometry.of(a, out);
    if (geometry.size() == 0) {
      return;
    }
    Walk walk = Walk.of(geometry, a, out);
    synchronized (device) {
      Kernel kernel = scalar.get(variant, walk.ordinal(), walk.entry(), source);
      Arguments arguments = device.arguments().add(a).add(out);
      addScalar(arguments, a.dtype(), value).add(scalarFirst ? 1 : 0);
      walk.launch(device, kernel, arguments, geometry);
    }
  }

  /** The scalar as an operand of the type. */
  private static Arguments addScalar(Arguments arguments, DType dtype, double value) {
    return switch (dtype) {
      case FLOAT32, FLOAT16, BFLOAT16 -> arguments.add((float) value);
      case FLOAT64 -> arguments.add(value);
      case INT32 -> arguments.add((int) value);
      case INT64 -> arguments.add((long) value);
      case BOOL -> arguments.add(value != 0 ? 1 : 0);
    };
  }

  void compare(CompareOp op, View a, View b, View out) {
    int variant = op.ordinal() * TYPES + a.dtype().ordinal();
    Supplier<KernelSource> source =
        () -> KernelSource.of("compare", "T=" + type(a), "OP=" + op.name());
    run(compare, variant, source, a, b, out);
  }

  void where(View condition, View a, View b, View out) {
    Supplier<KernelSource> source = () -> KernelSource.of("where", "T=" + type(a));
    run(where, a.dtype().ordinal(), source, condition, a, b, out);
  }

  void cast(View in, View out) {
    int variant = in.dtype().ordinal() * TYPES + out.dtype().ordinal();
    Supplier<KernelSource> source =
        () -> KernelSource.of("cast", "FROM=" + type(in), "TO=" + type(out));
    run(cast, variant, source, in, out);
  }

  private static String type(View view) {
    return KernelSource.type(view.dtype());
  }

  private void run(
      KernelFamily family, int variant, Supplier<KernelSource> source, View... operands) {
    Geometry geometry = Geometry.of(operands);
    if (geometry.size() == 0) {
      return;
    }
    Walk walk = Walk.of(geometry, operands);
    synchronized (device) {
      Kernel kernel = family.get(variant, walk.ordinal(), walk.entry(), source);
      Arguments arguments = device.arguments();
      for (View operand : operands) {
        arguments.add(operand);
      }
      walk.launch(device, kernel, arguments, geometry);
    }
  }
}
