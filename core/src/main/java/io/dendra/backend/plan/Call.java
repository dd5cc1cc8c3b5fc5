package io.dendra.backend.plan;

import io.dendra.backend.View;

/** A call of a backend: what it does, what it reads, and what it writes. */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record Call(Operation operation, View[] reads, View[] writes) {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(operation.name()).append('(');
    for (View view : reads) {
      text.append(' ').append(view.dtype()).append(view.shape());
    }
    text.append(" ) ->");
    for (View view : writes) {
      text.append(' ').append(view.dtype()).append(view.shape());
    }
    return text.toString();
  }
}
