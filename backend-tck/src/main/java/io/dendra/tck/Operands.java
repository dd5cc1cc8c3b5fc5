package io.dendra.tck;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The operands of one kernel call: checked before it, and looked at again after it to see that it
 * wrote nowhere but in its outputs.
 */
final class Operands {
  /** The largest buffer that is compared byte by byte. */
  private static final long COMPARED = 1 << 14;

  private final String call;
  private final AssertingBackend backend;
  private final List<View> inputs = new ArrayList<>();
  private final List<View> outputs = new ArrayList<>();
  private final List<AssertingBuffer> buffers = new ArrayList<>();
  private final List<byte[]> before = new ArrayList<>();

  Operands(AssertingBackend backend, String call) {
    this.backend = backend;
    this.call = call;
  }

  /** Checks an operand that is read. */
  View in(View view) {
    check(view, "input");
    inputs.add(view);
    return delegate(view);
  }

  View[] in(View[] views) {
    View[] checked = new View[views.length];
    Arrays.setAll(checked, i -> views[i] == null ? null : in(views[i]));
    return checked;
  }

  /** Checks an operand that is written, dense and apart from all inputs given before. */
  View out(View view) {
    if (!view.layout().isDense()) {
      throw broken("output is not dense", view);
    }
    return gappyOut(view);
  }

  /** The same where gaps are allowed. */
  View gappyOut(View view) {
    check(view, "output");
    if (view.layout().isBroadcast()) {
      throw broken("output writes elements more than once", view);
    }
    for (View input : inputs) {
      if (overlap(input, view)) {
        throw broken("output overlaps an input", view);
      }
    }
    for (View output : outputs) {
      if (overlap(output, view)) {
        throw broken("output overlaps another", view);
      }
    }
    outputs.add(view);
    poison(view);
    return delegate(view);
  }

  /** An output that may lie exactly over an input. */
  View outOver(View view) {
    check(view, "output");
    boolean over = inputs.stream().anyMatch(view::equals);
    boolean across = inputs.stream().anyMatch(in -> !in.equals(view) && overlap(in, view));
    if (across || !view.layout().isDense()) {
      throw broken("output lies across an input or is not dense", view);
    }
    outputs.add(view);
    if (!over) {
      poison(view);
    }
    return delegate(view);
  }

  private void check(View view, String role) {
    if (!(view.buffer() instanceof AssertingBuffer buffer) || buffer.owner() != backend) {
      throw broken(role + " is memory of another backend", view);
    }
    if (buffer.isFreed()) {
      throw broken(role + " is used after it was freed", view);
    }
    Layout layout = view.layout();
    long last = layout.offset();
    for (int i = 0; i < layout.rank(); i++) {
      if (layout.stride(i) < 0) {
        throw broken(role + " has a negative stride", view);
      }
      last += (layout.shape().dim(i) - 1) * layout.stride(i);
    }
    boolean outside = (last + 1) * view.dtype().byteSize() > buffer.byteSize();
    if (layout.offset() < 0 || (layout.size() > 0 && outside)) {
      throw broken(role + " reaches beyond its buffer of " + buffer.byteSize() + " bytes", view);
    }
  }

  private AssertionError broken(String what, View view) {
    return new AssertionError(
        call + ": " + what + ", " + view.dtype().label() + " " + view.layout());
  }

  /** Whether the ranges of bytes meet. */
  private static boolean overlap(View a, View b) {
    if (a.buffer() != b.buffer() || a.layout().size() == 0 || b.layout().size() == 0) {
      return false;
    }
    return start(a) < end(b) && start(b) < end(a);
  }

  private static long start(View view) {
    return view.layout().offset() * view.dtype().byteSize();
  }

  private static long end(View view) {
    Layout layout = view.layout();
    long last = layout.offset();
    for (int i = 0; i < layout.rank(); i++) {
      last += (layout.shape().dim(i) - 1) * layout.stride(i);
    }
    return (last + 1) * view.dtype().byteSize();
  }

  private static View delegate(View view) {
    return new View(AssertingBuffer.of(view).delegate(), view.dtype(), view.layout());
  }

  /** Undefined content is made sure to be of no use. */
  private void poison(View view) {
    double value = view.dtype() == DType.BOOL ? 1 : view.dtype().isInteger() ? -86 : Double.NaN;
    backend.delegate().fill(delegate(view), value);
  }

  /** Runs the kernel between two looks at the memory. */
  void run(Runnable kernel) {
    if (backend.isRecording()) {
      kernel.run();
      return;
    }
    for (View view : inputs) {
      remember(view);
    }
    for (View view : outputs) {
      remember(view);
    }
    kernel.run();
    for (int i = 0; i < buffers.size(); i++) {
      compare(buffers.get(i), before.get(i));
    }
  }

  private void remember(View view) {
    AssertingBuffer buffer = AssertingBuffer.of(view);
    if (buffer.byteSize() <= COMPARED && !buffers.contains(buffer)) {
      buffers.add(buffer);
      before.add(buffer.bytes(backend.delegate()));
    }
  }

  private void compare(AssertingBuffer buffer, byte[] expected) {
    byte[] actual = buffer.bytes(backend.delegate());
    if (Arrays.equals(expected, actual)) {
      return;
    }
    boolean[] allowed = new boolean[actual.length];
    for (View view : outputs) {
      if (view.buffer() == buffer) {
        allow(view, allowed);
      }
    }
    for (int i = 0; i < actual.length; i++) {
      if (actual[i] != expected[i] && !allowed[i]) {
        throw new AssertionError(
            call
                + ": byte "
                + i
                + " of a buffer of "
                + actual.length
                + " bytes was written, which belongs to no output; outputs are "
                + outputs.stream().map(view -> view.layout().toString()).toList());
      }
    }
  }

  private static void allow(View view, boolean[] allowed) {
    int size = view.dtype().byteSize();
    for (long place : Places.of(view.layout())) {
      Arrays.fill(allowed, (int) place * size, (int) (place + 1) * size, true);
    }
  }
}
