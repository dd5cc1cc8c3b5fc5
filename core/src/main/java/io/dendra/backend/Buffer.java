package io.dendra.backend;

/** A range of untyped memory on one device, made by {@link Backend#allocate} and freed once. */
public interface Buffer {
  /** The size in bytes. */
  long byteSize();
}
