package io.dendra.backend.cpu;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencl.Pfn_notify_BytePointer_Pointer_long_Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Linux for pages of 2 MiB under large blocks: with those of 4 KiB a pass over many of them
 * spends a tenth of its time on looking up where they are, more on a virtual machine.
 */
final class HugePages {
  static final long SIZE = 2L << 20;

  private static final int ADVICE = 14;
  private static final Logger LOG = LoggerFactory.getLogger(HugePages.class);
  private static final HugePages OWN = new HugePages();

  private Advise advise;
  private boolean looked;

  private HugePages() {}

  /** Whether a block of that size is worth an address that is a multiple of {@link #SIZE}. */
  static boolean worth(long bytes) {
    return bytes >= 2 * SIZE && Loader.getPlatform().startsWith("linux-");
  }

  /** Asks for it under those whole pages that lie in the block; a request, not a need. */
  static void request(long address, long bytes) {
    long length = bytes & -SIZE;
    Advise advise = OWN.function();
    if (advise != null) {
      advise.call(address, length);
    }
  }

  private synchronized Advise function() {
    if (!looked) {
      looked = true;
      try {
        Pointer address = Loader.addressof("madvise");
        advise = address == null ? null : new Advise(address);
      } catch (LinkageError e) {
        LOG.debug("Memory stays in small pages: {}", e.toString());
      }
    }
    return advise;
  }

  /**
   * {@code int madvise(void *, size_t, int)}, called as the {@code void (char *, void *, size_t,
   * void *)} of OpenCL's preset, as in {@link OmpThreads}: with 64 bits the arguments are in the
   * same registers.
   */
  private static final class Advise {
    private final LongPointer place = new LongPointer(2);
    private final Pfn_notify_BytePointer_Pointer_long_Pointer function;

    Advise(Pointer address) {
      place.put(0, address.address()).put(1, 0);
      function = new Pfn_notify_BytePointer_Pointer_long_Pointer(place);
    }

    void call(long address, long length) {
      BytePointer from = new BytePointer(new RawAddress().at(address));
      function.call(from, new RawAddress().at(length), ADVICE, null);
    }
  }
}
