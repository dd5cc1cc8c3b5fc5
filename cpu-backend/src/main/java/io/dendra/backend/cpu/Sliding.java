package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.Layout;

/**
 * An operation prepared for operands of certain shapes and strides, to be run at many places of
 * their buffers: what a recurrent layer does at each of its steps. Not for several threads.
 */
interface Sliding extends AutoCloseable {
  /** Runs it with each operand that many elements behind the place it was prepared for. */
  void at(long... moved);

  /** {@link #at(long...)} of two operands. */
  default void at(long first, long second) {
    at(new long[] {first, second});
  }

  /** {@link #at(long...)} of three operands. */
  default void at(long first, long second, long third) {
    at(new long[] {first, second, third});
  }

  @Override
  default void close() {}

  /** The view that many elements further on. */
  static View moved(View view, long elements) {
    Layout layout = view.layout();
    return view.with(Layout.of(layout.shape(), layout.strides(), layout.offset() + elements));
  }
}
