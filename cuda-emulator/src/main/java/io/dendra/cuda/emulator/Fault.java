package io.dendra.cuda.emulator;

import java.util.Locale;

/**
 * A call that will fail: its {@code code} is what the function returns, from the call after the
 * first {@code skip} on, {@code times} times, on one device or, with -1, on all.
 *
 * <p>The call is a C function ({@code cuMemAlloc_v2}, {@code cublasSgemm_v2}), a kernel ({@code
 * kernel:add}), or the beginning of either followed by {@code *}. A kernel fails when it runs: as
 * on a device, a later call reports it. The driver's codes 700, 710, 714 to 719 and 999 are fatal:
 * the device then answers every call with them until it is revived.
 */
public record Fault(String call, int code, int skip, int times, int device) {

  /** The next such call, on whatever device. */
  public static Fault of(String call, int code) {
    return new Fault(call, code, 0, 1, -1);
  }

  /** Lets the given number of calls pass first. */
  public Fault skip(int calls) {
    return new Fault(call, code, calls, times, device);
  }

  /** Fails this many calls. */
  public Fault times(int calls) {
    return new Fault(call, code, skip, calls, device);
  }

  /** Fails only calls of threads that have this device's context. */
  public Fault device(int index) {
    return new Fault(call, code, skip, times, index);
  }

  String command() {
    return String.format(
        Locale.ROOT, "fail %s code=%d skip=%d times=%d device=%d", call, code, skip, times, device);
  }
}
