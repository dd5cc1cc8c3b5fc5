package io.dendra.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.nn.OwnDevice;
import io.dendra.ops.ShapeOps;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The way over the host, which two backends take that know nothing of each other. */
class HostTransferTest {
  private static final AtomicInteger FROM_HOST = new AtomicInteger();

  /** Does not know the memory of others. */
  private static Backend stranger(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("copyFrom")) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
              }
              if (method.getName().equals("fromHost")) {
                FROM_HOST.incrementAndGet();
              }
              try {
                return method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static final Device STRANGER = OwnDevice.of("stranger", HostTransferTest::stranger);
  private static final Device REFERENCE = Device.of("reference");

  @Test
  void valuesOfAllTypesArrive() {
    RandomStream random = new RandomStream(RandomKey.of(1));
    for (DType dtype : DType.values()) {
      double[] values = new double[24];
      for (int i = 0; i < values.length; i++) {
        values[i] = dtype == DType.BOOL ? random.nextInt(2) : random.nextInt(100) - 50;
      }
      NDArray array = NDArray.wrap(values, DType.FLOAT64, Shape.of(4, 6)).as(dtype);
      try (TensorScope scope = TensorScope.open("test")) {
        Tensor x = ShapeOps.transpose(Tensor.of(array, REFERENCE), 0, 1).slice(0, 2, 4);
        Tensor moved = x.to(STRANGER);
        assertThat(moved.device()).isEqualTo(STRANGER);
        assertThat(moved.toNDArray()).as(dtype.label()).isEqualTo(x.toNDArray());
        assertThat(moved.to(REFERENCE).toNDArray()).isEqualTo(x.toNDArray());
      }
    }
  }

  @Test
  void largeTensorsGoInPieces() {
    int size = (1 << 24) + 3;
    try (TensorScope scope = TensorScope.open("test")) {
      Tensor x = Tensor.full(Shape.of(size), 1, DType.BOOL, REFERENCE);
      FROM_HOST.set(0);
      Tensor moved = x.to(STRANGER);
      assertThat(FROM_HOST).hasValue(2);
      assertThat(moved.cast(DType.INT64).sum().item()).isEqualTo((double) size);
    }
    assertThat(OwnDevice.live(STRANGER)).isZero();
  }
}
