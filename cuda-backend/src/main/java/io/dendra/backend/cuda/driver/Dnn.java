package io.dendra.backend.cuda.driver;

/** Convolutions and recurrent layers: cuDNN. */
public interface Dnn {
  /** The library's state for one stream of one device; used by one thread at a time. */
  interface Handle {}

  /** A handle for a stream of the calling thread's device. */
  Handle create(Driver.Stream stream);

  /** Gives a handle back. */
  void destroy(Handle handle);

  /** The version: 8907 for 8.9.7, 90100 for 9.1.0. */
  long version();
}
