package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Float32 stand-ins for the 16-bit operands of one operation, in their memory order; other operands
 * stand for themselves.
 */
final class Widening implements AutoCloseable {
  private record Pending(View wide, View target) {}

  private final HalfCasts casts;
  private final List<Scratch> scratch = new ArrayList<>(3);
  private final List<Pending> pending = new ArrayList<>(2);

  Widening(HalfCasts casts) {
    this.casts = casts;
  }

  /** The operand in float32. What is repeated is converted once. */
  View in(View view) {
    if (view == null || !view.dtype().isHalf()) {
      return view;
    }
    View once = view.with(unrepeated(view.layout()));
    View wide = like(once);
    casts.cast(once, wide);
    return wide.with(repeatedLike(view.layout(), wide.layout()));
  }

  /** A float32 place for the result, which {@link #finish} rounds. */
  View out(View view) {
    if (view == null || !view.dtype().isHalf()) {
      return view;
    }
    View wide = like(view);
    pending.add(new Pending(wide, view));
    return wide;
  }

  View[] in(View[] views) {
    return Arrays.stream(views).map(this::in).toArray(View[]::new);
  }

  View[] out(View[] views) {
    return Arrays.stream(views).map(this::out).toArray(View[]::new);
  }

  private View like(View view) {
    Layout layout = Layout.inOrderOf(view.layout(), view.shape());
    Scratch memory = new Scratch(DType.FLOAT32, layout.size());
    scratch.add(memory);
    return memory.view(layout);
  }

  private static Layout unrepeated(Layout layout) {
    Shape shape = layout.shape();
    for (int i = 0; i < layout.rank(); i++) {
      if (layout.stride(i) == 0 && shape.dim(i) > 1) {
        shape = shape.with(i, 1);
      }
    }
    return Layout.of(shape, layout.strides(), layout.offset());
  }

  private static Layout repeatedLike(Layout repeated, Layout once) {
    return once.shape().equals(repeated.shape()) ? once : once.expand(repeated.shape());
  }

  /** Rounds the results to where they belong. */
  void finish() {
    for (Pending result : pending) {
      casts.cast(result.wide(), result.target());
    }
  }

  @Override
  public void close() {
    scratch.forEach(Scratch::close);
  }
}
