package io.dendra.tck;

import io.dendra.backend.Backends;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.RandomOp;
import io.dendra.backend.View;
import io.dendra.ops.NN;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random numbers are those of the reference, bit for bit. */
public abstract class RandomSuite extends Suite {
  private static final int[] SIZES = {0, 1, 2, 3, 4, 5, 7, 8, 255, 4097, 100_003};

  /** A suite over a backend. */
  protected RandomSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> streams() {
    List<DynamicTest> tests = new ArrayList<>();
    for (long key : new long[] {0, -1, 0x0123456789ABCDEFL}) {
      for (long counter : new long[] {0, 1, 0xFFFFFFFFL, Long.MIN_VALUE}) {
        String name = "key " + Long.toHexString(key) + " counter " + Long.toHexString(counter);
        tests.add(
            test(
                name,
                device(),
                () -> {
                  for (int size : SIZES) {
                    compare(RandomOp.BITS, DType.INT32, key, counter, size);
                    compare(RandomOp.UNIFORM, DType.FLOAT32, key, counter, size);
                    compare(RandomOp.UNIFORM, DType.FLOAT64, key, counter, size);
                  }
                }));
      }
    }
    return tests.stream();
  }

  private void compare(RandomOp op, DType dtype, long key, long counter, int size) {
    Closeness.assertSame(
        draw(op, dtype, key, counter, size, device()),
        draw(op, dtype, key, counter, size, TestedBackend.REFERENCE));
  }

  /** Drawn into memory with an offset, as into a part of a larger tensor. */
  private static NDArray[] draw(
      RandomOp op, DType dtype, long key, long counter, int size, Device device) {
    return hosted(
        () -> {
          OpenDevice open = Backends.open(device);
          Tensor all = Tensor.full(Shape.of(size + 3), 1, dtype, device);
          Layout layout = Layout.contiguous(all.shape()).slice(0, 3, size, 1);
          open.backend().random(op, key, counter, new View(all.view().buffer(), dtype, layout));
          return new Tensor[] {all};
        },
        device);
  }

  @TestFactory
  final Stream<DynamicTest> distributions() {
    RandomKey key = RandomKey.of(12);
    Shape shape = Shape.of(101, 7);
    return Stream.of(
        same("bernoulli", device -> RandomOps.bernoulli(key, shape, 0.3, device)),
        same(
            "dropout",
            device -> NN.dropout(Tensor.full(shape, 1, DType.FLOAT32, device), 0.4, key)),
        close("normal", device -> RandomOps.normal(key, shape, DType.FLOAT32, device)),
        close("normal float64", device -> RandomOps.normal(key, shape, DType.FLOAT64, device)),
        close(
            "truncated normal",
            device -> RandomOps.truncatedNormal(key, shape, DType.FLOAT64, device)));
  }

  /** A tensor on a device. */
  @FunctionalInterface
  private interface Draw {
    Tensor on(Device device);
  }

  private NDArray[] drawn(Draw draw, Device device) {
    return hosted(() -> new Tensor[] {draw.on(device)}, device);
  }

  private DynamicTest same(String name, Draw draw) {
    return test(
        name,
        device(),
        () -> Closeness.assertSame(drawn(draw, device()), drawn(draw, TestedBackend.REFERENCE)));
  }

  /** Logarithms and cosines may differ in the last bits. */
  private DynamicTest close(String name, Draw draw) {
    return test(
        name,
        device(),
        () ->
            Closeness.assertClose(
                drawn(draw, device()), drawn(draw, TestedBackend.REFERENCE), Tolerance.CHAIN));
  }
}
