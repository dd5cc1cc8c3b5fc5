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

  // Most calls need none.
  private List<Scratch> scratch = List.of();
  private List<Pending> pending = List.of();

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
    if (pending.isEmpty()) {
      pending = new ArrayList<>(4);
    }
    pending.add(new Pending(dense, view));
    return dense;
  }

  /** Row-major memory of a view's shape and type. */
  View like(View view) {
    return memory(view, view.layout().size()).view(view.shape());
  }

  /** Row-major memory of a shape, in the type of a view. */
  View like(View view, long... dims) {
    long size = 1;
    for (long dim : dims) {
      size *= dim;
    }
    return memory(view, size).view(dims);
  }

  private Scratch memory(View like, long elements) {
    Scratch memory = new Scratch(like.dtype(), elements);
    if (scratch.isEmpty()) {
      scratch = new ArrayList<>(4);
    }
    scratch.add(memory);
    return memory;
  }

  /** Brings the results to where they belong. */
  void finish() {
    for (int i = 0; i < pending.size(); i++) {
      Pending result = pending.get(i);
      copies.copy(result.dense(), result.target());
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < scratch.size(); i++) {
      scratch.get(i).close();
    }
  }
}
