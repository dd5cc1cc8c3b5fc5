package io.dendra.training.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.ops.ShapeOps;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;

class BroadcastTest {
  private static final List<Device> DEVICES =
      List.of(new Device("reference", 1), new Device("reference", 2), new Device("reference", 3));

  @Test
  void copiesArriveInPiecesAndInTheirMemoryOrder() {
    try (TensorScope scope = TensorScope.open("test")) {
      Device root = DEVICES.get(1);
      Tensor large = Tensor.full(Shape.of((1 << 20) + 5), 3, DType.FLOAT32, root);
      Tensor matrix = Tensor.of(NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), root);
      Tensor turned = ShapeOps.transpose(matrix, 0, 1);
      Tensor whole = Tensor.of(NDArray.of(new long[] {7, -8}), root);
      List<Tensor> tensors = List.of(large, turned, whole);
      try (Broadcast broadcast = new Broadcast(DEVICES, 1, AllReduce.places(tensors))) {
        for (int round = 1; round <= 2; round++) {
          broadcast.send(tensors);
          for (int device : new int[] {0, 2}) {
            for (int i = 0; i < tensors.size(); i++) {
              try (Tensor copy = broadcast.copy(device, i)) {
                assertThat(copy.device()).isEqualTo(DEVICES.get(device));
                assertThat(copy.toNDArray()).isEqualTo(tensors.get(i).toNDArray());
                assertThat(copy.layout().sameOrder(tensors.get(i).layout())).isTrue();
              }
            }
          }
          large.assign(large.add(1));
          turned.assign(turned.mul(-1));
        }
      }
    }
  }
}
