package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backend;
import io.dendra.backend.LateIndexException;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Indices out of range are found by kernels, which cannot throw. */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isThere",
    disabledReason = "needs the CUDA emulator")
class IndexFaultTest {
  private Backend backend;

  @BeforeEach
  void open() {
    backend = EmulatedCuda.provider().open(0);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private View view(DType dtype, int length) {
    return new View(
        backend.allocate((long) length * dtype.byteSize()),
        dtype,
        Layout.contiguous(Shape.of(length)));
  }

  private View upload(DType dtype, Object array, int length) {
    View view = view(dtype, length);
    backend.fromHost(array, 0, view);
    return view;
  }

  private void gather(View values, View indices) {
    View out = view(DType.FLOAT32, 2);
    backend.gather(values, indices, 0, out);
    float[] read = new float[2];
    backend.toHost(out, read, 0);
    assertThat(read).containsExactly(30, 10);
  }

  @Test
  void readingReportsTheIndexAndTheOpOnce() {
    View values = upload(DType.FLOAT32, new float[] {10, 20, 30}, 3);
    View wrong = upload(DType.INT64, new long[] {1, 7}, 2);
    View right = upload(DType.INT64, new long[] {2, 0}, 2);
    View out = view(DType.FLOAT32, 2);

    backend.gather(values, wrong, 0, out);

    assertThatThrownBy(() -> backend.toHost(out, new float[2], 0))
        .isInstanceOfSatisfying(
            LateIndexException.class, late -> assertThat(late.op()).isEqualTo("gather"))
        .hasMessage("index 7 is outside an axis of length 3");
    gather(values, right);
  }

  @Test
  void waitingReportsToo() {
    View wrong = upload(DType.INT64, new long[] {1, -2}, 2);
    View updates = upload(DType.FLOAT32, new float[] {1, 2}, 2);
    View out = view(DType.FLOAT32, 3);

    backend.scatterAdd(wrong, updates, 0, out);

    assertThatThrownBy(() -> backend.synchronize())
        .isInstanceOfSatisfying(
            LateIndexException.class, late -> assertThat(late.op()).isEqualTo("scatter_add"))
        .hasMessage("index -2 is outside an axis of length 3");
    float[] read = new float[3];
    backend.toHost(out, read, 0);
    assertThat(read).containsExactly(0, 1, 0);
  }

  @Test
  void nobodyElsesMemoryIsTouched() {
    View wrong = upload(DType.INT64, new long[] {1L << 40, 0}, 2);
    View updates = upload(DType.FLOAT32, new float[] {1, 2}, 2);
    View values = upload(DType.FLOAT32, new float[] {5, 6}, 2);
    View out = view(DType.FLOAT32, 2);

    backend.putAlongAdd(wrong, updates, 0, out);
    assertThatThrownBy(() -> backend.synchronize()).isInstanceOf(LateIndexException.class);
    float[] read = new float[2];
    backend.toHost(out, read, 0);
    assertThat(read).containsExactly(2, 0);

    backend.takeAlong(values, wrong, 0, out);
    assertThatThrownBy(() -> backend.synchronize()).isInstanceOf(LateIndexException.class);
    backend.toHost(out, read, 0);
    assertThat(read).containsExactly(0, 5);
  }
}
