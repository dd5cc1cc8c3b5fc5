package io.dendra.backend.cpu;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencl.User_func_Pointer;

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

  /**
   * A C function {@code void (int)}, called as the {@code void (void *)} that the preset of OpenCL
   * has: on all platforms with 64 bits the argument is in the same register. oneDNN's preset loads
   * that of OpenCL anyhow, while one that fits better would load OpenBLAS, 40 milliseconds and 14
   * MiB at the start of every program.
   */
  private static final class SetThreads {
    private final LongPointer place = new LongPointer(2);
    private final User_func_Pointer function;

    SetThreads(Pointer address) {
      place.put(0, address.address()).put(1, 0);
      function = new User_func_Pointer(place);
    }

    void call(int number) {
      function.call(new RawAddress().at(number));
    }
  }
}
