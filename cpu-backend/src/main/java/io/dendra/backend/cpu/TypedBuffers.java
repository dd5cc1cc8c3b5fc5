package io.dendra.backend.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/** One range of native memory under each element type. */
final class TypedBuffers {
  final ByteBuffer bytes;
  final ShortBuffer shorts;
  final IntBuffer ints;
  final LongBuffer longs;
  final FloatBuffer floats;
  final DoubleBuffer doubles;

  TypedBuffers(ByteBuffer memory) {
    ByteBuffer ordered = memory.order(ByteOrder.nativeOrder());
    bytes = ordered;
    shorts = ordered.asShortBuffer();
    ints = ordered.asIntBuffer();
    longs = ordered.asLongBuffer();
    floats = ordered.asFloatBuffer();
    doubles = ordered.asDoubleBuffer();
  }
}
