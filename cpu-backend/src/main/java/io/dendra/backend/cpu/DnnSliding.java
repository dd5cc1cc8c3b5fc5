package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.DType;

/** A oneDNN primitive that is looked up once and then only given addresses. */
final class DnnSliding implements Sliding {
  private final Primitive primitive;
  private final long[] start;
  private final long[] addresses;

  /** Takes over the caller's hold on the primitive. */
  DnnSliding(Primitive primitive, View... operands) {
    this.primitive = primitive;
    start = new long[operands.length];
    addresses = new long[operands.length];
    for (int i = 0; i < operands.length; i++) {
      start[i] = CpuBuffer.address(operands[i]);
    }
  }

  @Override
  public void at(long... moved) {
    for (int i = 0; i < addresses.length; i++) {
      move(i, moved[i]);
    }
    primitive.perform(addresses);
  }

  @Override
  public void at(long first, long second) {
    move(0, first);
    move(1, second);
    primitive.perform(addresses);
  }

  @Override
  public void at(long first, long second, long third) {
    move(0, first);
    move(1, second);
    move(2, third);
    primitive.perform(addresses);
  }

  private void move(int operand, long elements) {
    addresses[operand] = start[operand] + elements * DType.FLOAT32.byteSize();
  }

  @Override
  public void close() {
    primitive.release();
  }
}
