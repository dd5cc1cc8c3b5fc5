package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.backend.Backends;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import org.junit.jupiter.api.Test;

class AssertingBackendTest {
  private final AssertingBackend backend =
      new AssertingBackend(Backends.provider("reference").open(0));

  private View floats(long... dims) {
    Layout layout = Layout.contiguous(Shape.of(dims));
    View view = new View(backend.allocate(64), DType.FLOAT32, layout);
    backend.fill(view, 1);
    return view;
  }

  @Test
  void rightUseIsLetThrough() {
    View x = floats(2, 3);
    View out = floats(2, 3);
    backend.unary(UnaryOp.EXP, x, out);
    backend.free(x.buffer());
    backend.free(out.buffer());
    assertThat(backend.liveBuffers()).isZero();
    backend.close();
  }

  @Test
  void freedMemoryIsNotUsed() {
    View x = floats(2);
    View out = floats(2);
    backend.free(x.buffer());
    assertThatThrownBy(() -> backend.unary(UnaryOp.EXP, x, out)).hasMessageContaining("freed");
    assertThatThrownBy(() -> backend.free(x.buffer())).hasMessageContaining("freed twice");
  }

  @Test
  void layoutsStayInTheirBuffers() {
    View x = floats(16);
    View long1 = x.with(Layout.of(Shape.of(16), new long[] {1}, 1));
    View strided = x.with(Layout.of(Shape.of(6), new long[] {4}, 0));
    View negative = x.with(Layout.of(Shape.of(2), new long[] {-1}, 1));
    assertThatThrownBy(() -> backend.fill(long1, 0)).hasMessageContaining("beyond its buffer");
    assertThatThrownBy(() -> backend.fill(strided, 0)).hasMessageContaining("beyond its buffer");
    assertThatThrownBy(() -> backend.fill(negative, 0)).hasMessageContaining("negative stride");
  }

  @Test
  void outputsAreDenseAndApart() {
    View x = floats(3);
    View gappy = floats(16).with(Layout.of(Shape.of(3), new long[] {2}, 0));
    View repeated = floats(16).with(Layout.of(Shape.of(3), new long[] {0}, 0));
    assertThatThrownBy(() -> backend.unary(UnaryOp.EXP, x, x)).hasMessageContaining("overlaps");
    assertThatThrownBy(() -> backend.unary(UnaryOp.EXP, x, gappy)).hasMessageContaining("dense");
    assertThatThrownBy(() -> backend.copy(x, repeated)).hasMessageContaining("more than once");
    backend.copy(x, gappy);
  }

  @Test
  void typesAndShapesFit() {
    View x = floats(3);
    View longer = floats(4);
    View integers = new View(backend.allocate(64), DType.INT32, Layout.contiguous(Shape.of(3)));
    assertThatThrownBy(() -> backend.binary(BinaryOp.ADD, x, longer, floats(3)))
        .hasMessageContaining("shapes differ");
    assertThatThrownBy(() -> backend.binary(BinaryOp.ADD, x, integers, floats(3)))
        .hasMessageContaining("types differ");
    assertThatThrownBy(() -> backend.unary(UnaryOp.EXP, integers, integers))
        .hasMessageContaining("does not take");
    assertThatThrownBy(() -> backend.gather(x, integers, 0, floats(3)))
        .hasMessageContaining("int64");
  }

  @Test
  void memoryOfOthersIsRefused() {
    Buffer foreign = Backends.provider("reference").open(0).allocate(64);
    View view = new View(foreign, DType.FLOAT32, Layout.contiguous(Shape.of(2)));
    assertThatThrownBy(() -> backend.unary(UnaryOp.EXP, view, floats(2)))
        .hasMessageContaining("another backend");
  }

  @Test
  void nothingIsDoneAfterClosing() {
    View x = floats(2);
    backend.close();
    assertThatThrownBy(() -> backend.fill(x, 1)).hasMessageContaining("closed");
    assertThatThrownBy(backend::close).hasMessageContaining("second time");
  }
}
