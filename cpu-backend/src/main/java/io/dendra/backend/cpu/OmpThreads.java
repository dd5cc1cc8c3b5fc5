package io.dendra.backend.cpu;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.presets.openblas_nolapack;

/**
 * Keeps oneDNN in the thread that calls it: work is shared out by {@link CpuPool}.
 *
 * <p>OpenMP's own threads meet at barriers, where they spin: one busy neighbour on the machine then
 * makes a product of 30 microseconds take 7 milliseconds.
 */
final class OmpThreads {
  private final SetThreads setter;
  private final ThreadLocal<Boolean> done = new ThreadLocal<>();

  OmpThreads() {
    Pointer address = Loader.addressof("omp_set_num_threads");
    setter = address == null ? null : new SetThreads(address);
  }

  /** Whether oneDNN can be kept to one thread here; else it has its own as OpenMP is set. */
  boolean isControlled() {
    return setter != null;
  }

  /** To be called before oneDNN is: the setting belongs to the calling thread. */
  void holdToOne() {
    if (setter != null && done.get() == null) {
      setter.call(1);
      done.set(Boolean.TRUE);
    }
  }

  /** The C signature {@code void (int)}, which the preset of OpenBLAS has for its like. */
  private static final class SetThreads extends openblas_nolapack.SetNumThreads {
    SetThreads(Pointer function) {
      super();
      put(function);
    }
  }
}
