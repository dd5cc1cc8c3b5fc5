package io.dendra.backend.cpu;

import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.List;

/**
 * Row-major stand-ins for the operands of one call of a fused kernel; operands that are row-major
 * already stand for themselves.
 */
final class Staging implements AutoCloseable {
  private record Pending(View dense, View target) {}

  private final Copies copies;
  private final List<Scratch> scratch = new ArrayList<>(4);
  private final List<Pending> pending = new ArrayList<>(4);

  Staging(Copies copies) {
    this.copies = copies;
  }

  /** The operand, or a row-major copy; null for null. */
  View in(View view) {
    if (view == null || view.layout().isContiguous()) {
      return view;
    }
    View dense = like(view);
    copies.copy(view, dense);
    return dense;
  }

  /** The result, or a row-major place for it, which {@link #finish} copies; null for null. */
  View out(View view) {
    if (view == null || view.layout().isContiguous()) {
      return view;
    }
    View dense = like(view);
    pending.add(new Pending(dense, view));
    return dense;
  }

  /** Row-major memory of a view's shape and type. */
  View like(View view) {
    Scratch memory = new Scratch(view.dtype(), view.layout().size());
    scratch.add(memory);
    return memory.view(view.shape().dims());
  }

  /** Row-major memory of a shape, in the type of a view. */
  View like(View view, long... dims) {
    long size = 1;
    for (long dim : dims) {
      size *= dim;
    }
    Scratch memory = new Scratch(view.dtype(), size);
    scratch.add(memory);
    return memory.view(dims);
  }

  /** Brings the results to where they belong. */
  void finish() {
    for (Pending result : pending) {
      copies.copy(result.dense(), result.target());
    }
  }

  @Override
  public void close() {
    scratch.forEach(Scratch::close);
  }
}
