package io.dendra.backend.cpu;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A oneDNN primitive with its operands' places bound at each call.
 *
 * <p>Where the primitive wants another order of memory than the caller has, it is reordered on the
 * way in or out. Several threads may execute one primitive: each has its own memory objects.
 */
final class Primitive {
  /**
   * An operand.
   *
   * @param id oneDNN's number of the argument
   * @param desc how the caller's memory lies; null takes the primitive's own order
   * @param written whether the primitive writes it
   * @param packed whether calls have it in the primitive's own order, by {@link #pack} and {@link
   *     #unpack}
   */
  record Operand(int id, dnnl_memory_desc desc, boolean written, boolean packed) {
    static Operand in(int id, dnnl_memory_desc desc) {
      return new Operand(id, desc, false, false);
    }

    static Operand out(int id, dnnl_memory_desc desc) {
      return new Operand(id, desc, true, false);
    }
  }

  private static final int ALIGNMENT = 64;

  private static final AtomicInteger ALIVE = new AtomicInteger();

  private final Dnn dnn;
  private final String what;
  private final String memory;
  private final dnnl_primitive primitive = new dnnl_primitive();
  private final Operand[] operands;
  private final dnnl_memory_desc[] descs;
  private final Primitive[] reorders;
  private final long[] temporary;
  private final long arenaBytes;
  private final boolean hasScratchpad;
  private final Deque<Execution> idle = new ArrayDeque<>();
  private int users = 1;

  /** Takes over the description and the operands' descriptors. */
  Primitive(Dnn dnn, String what, dnnl_primitive_desc description, Operand... operands) {
    this.dnn = dnn;
    this.what = what;
    this.memory = what + " memory";
    this.operands = operands;
    Dnn.check(dnnl.dnnl_primitive_create(primitive, description), what);
    ALIVE.incrementAndGet();
    // The primitive has a copy of its own; that of a matrix product takes 250 KiB.
    dnnl.dnnl_primitive_desc_destroy(description);
    dnnl_primitive_desc own = new dnnl_primitive_desc();
    Dnn.check(dnnl.dnnl_primitive_get_primitive_desc(primitive, own), what);
    int n = operands.length;
    dnnl_memory_desc scratchpad =
        dnnl.dnnl_primitive_desc_query_md(own, dnnl.dnnl_query_scratchpad_md, 0);
    long scratchBytes = dnnl.dnnl_memory_desc_get_size(scratchpad);
    hasScratchpad = scratchBytes > 0;
    descs = new dnnl_memory_desc[n + 1];
    descs[n] = scratchpad;
    reorders = new Primitive[n];
    temporary = new long[n];
    long bytes = aligned(scratchBytes);
    for (int i = 0; i < n; i++) {
      descs[i] =
          dnnl.dnnl_primitive_desc_query_md(own, dnnl.dnnl_query_exec_arg_md, operands[i].id());
      dnnl_memory_desc given = operands[i].desc();
      if (given != null && dnnl.dnnl_memory_desc_equal(given, descs[i]) == 0) {
        reorders[i] =
            operands[i].written() ? reorder(dnn, descs[i], given) : reorder(dnn, given, descs[i]);
        if (!operands[i].packed()) {
          temporary[i] = bytes;
          bytes += aligned(dnnl.dnnl_memory_desc_get_size(descs[i])) + reorders[i].arenaBytes;
        }
      }
    }
    arenaBytes = bytes;
  }

  /** How many of oneDNN's primitives the process holds, reorders counted too. */
  static int alive() {
    return ALIVE.get();
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static Primitive reorder(Dnn dnn, dnnl_memory_desc from, dnnl_memory_desc to) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    var attributes = Dnn.attributes();
    Dnn.check(
        dnnl.dnnl_reorder_primitive_desc_create(
            description, from, dnn.engine(), to, dnn.engine(), attributes),
        "reorder");
    dnnl.dnnl_primitive_attr_destroy(attributes);
    return new Primitive(
        dnn,
        "reorder",
        description,
        Operand.in(dnnl.DNNL_ARG_FROM, null),
        Operand.out(dnnl.DNNL_ARG_TO, null));
  }

  /** Whether an operand that is to be packed lies otherwise than the caller has it. */
  boolean isPacked(int operand) {
    return operands[operand].packed() && reorders[operand] != null;
  }

  /** The size of an operand in the primitive's own order. */
  long packedBytes(int operand) {
    return dnnl.dnnl_memory_desc_get_size(descs[operand]);
  }

  /** Brings an operand into the primitive's order. */
  void pack(int operand, long from, long to) {
    reorders[operand].perform(from, to);
  }

  /** Brings a result from the primitive's order into the caller's. */
  void unpack(int operand, long from, long to) {
    reorders[operand].perform(from, to);
  }

  /** Keeps it alive until one more {@link #release}. */
  Primitive retain() {
    synchronized (idle) {
      users++;
    }
    return this;
  }

  /**
   * Runs it on operands at these addresses, in the order of the operands, and waits; then gives up
   * the caller's hold on it.
   */
  void execute(long... addresses) {
    try {
      perform(addresses);
    } finally {
      release();
    }
  }

  /** {@link #execute} with two operands. */
  void execute(long first, long second) {
    Execution execution = take();
    execution.given[0] = first;
    execution.given[1] = second;
    executeGiven(execution);
  }

  /** {@link #execute} with three operands. */
  void execute(long first, long second, long third) {
    Execution execution = take();
    execution.given[0] = first;
    execution.given[1] = second;
    execution.given[2] = third;
    executeGiven(execution);
  }

  /** {@link #execute} with four operands. */
  void execute(long first, long second, long third, long fourth) {
    Execution execution = take();
    execution.given[0] = first;
    execution.given[1] = second;
    execution.given[2] = third;
    execution.given[3] = fourth;
    executeGiven(execution);
  }

  private void executeGiven(Execution execution) {
    try {
      perform(execution, execution.given);
    } finally {
      release();
    }
  }

  /** As {@link #execute}, but the caller keeps its hold. */
  void perform(long... addresses) {
    perform(take(), addresses);
  }

  private void perform(Execution execution, long[] addresses) {
    try {
      if (arenaBytes == 0) {
        execution.run(addresses, 0);
        return;
      }
      Dnn.Arena arena = dnn.arena(arenaBytes);
      try {
        execution.run(addresses, arena.address());
      } finally {
        dnn.giveBack(arena);
      }
    } finally {
      synchronized (idle) {
        idle.addFirst(execution);
      }
    }
  }

  /** For many runs in the calling thread, with nothing to look for at each; takes the hold over. */
  RangeFunctions.Call runs() {
    return new Runs();
  }

  private final class Runs implements RangeFunctions.Call {
    private final Execution execution = take();
    private final Dnn.Arena arena = arenaBytes == 0 ? null : dnn.arena(arenaBytes);

    @Override
    public void run(long... addresses) {
      execution.run(addresses, arena == null ? 0 : arena.address());
    }

    @Override
    public void close() {
      if (arena != null) {
        dnn.giveBack(arena);
      }
      synchronized (idle) {
        idle.addFirst(execution);
      }
      release();
    }
  }

  private Execution take() {
    synchronized (idle) {
      Execution execution = idle.pollFirst();
      if (execution != null) {
        return execution;
      }
    }
    return new Execution();
  }

  /** Gives up a hold on it; the last frees it. */
  void release() {
    synchronized (idle) {
      if (--users > 0) {
        return;
      }
      idle.forEach(Execution::free);
      idle.clear();
    }
    for (Primitive reorder : reorders) {
      if (reorder != null) {
        reorder.release();
      }
    }
    dnnl.dnnl_primitive_destroy(primitive);
    ALIVE.decrementAndGet();
    for (Operand operand : operands) {
      if (operand.desc() != null) {
        dnnl.dnnl_memory_desc_destroy(operand.desc());
      }
    }
  }

  /** What one thread needs to run the primitive. */
  private final class Execution {
    private final dnnl_memory[] memories = new dnnl_memory[descs.length];
    private final long[] bound = new long[descs.length];

    /** Where the operands of a run are, so that a call needs no array. */
    private final long[] given = new long[operands.length];

    private final dnnl_exec_arg_t arguments;
    private final int count;
    private final RawAddress pointer = new RawAddress();

    Execution() {
      count = hasScratchpad ? descs.length : operands.length;
      arguments = new dnnl_exec_arg_t(count);
      for (int i = 0; i < count; i++) {
        memories[i] = new dnnl_memory();
        Dnn.check(dnnl.dnnl_memory_create(memories[i], descs[i], dnn.engine(), null), memory);
        int id = i < operands.length ? operands[i].id() : dnnl.DNNL_ARG_SCRATCHPAD;
        arguments.position(i).arg(id).memory(memories[i]);
      }
      arguments.position(0);
    }

    void run(long[] addresses, long arena) {
      for (int i = 0; i < addresses.length; i++) {
        if (reorders[i] == null || operands[i].packed()) {
          bind(i, addresses[i]);
        } else {
          bind(i, arena + temporary[i]);
          if (!operands[i].written()) {
            reorders[i].perform(addresses[i], arena + temporary[i]);
          }
        }
      }
      if (hasScratchpad) {
        bind(operands.length, arena);
      }
      Dnn.check(dnnl.dnnl_primitive_execute(primitive, dnn.stream(), count, arguments), what);
      for (int i = 0; i < addresses.length; i++) {
        if (reorders[i] != null && operands[i].written() && !operands[i].packed()) {
          reorders[i].perform(arena + temporary[i], addresses[i]);
        }
      }
    }

    private void bind(int i, long address) {
      if (bound[i] != address) {
        Dnn.check(dnnl.dnnl_memory_set_data_handle(memories[i], pointer.at(address)), memory);
        bound[i] = address;
      }
    }

    void free() {
      for (int i = 0; i < count; i++) {
        dnnl.dnnl_memory_destroy(memories[i]);
      }
      arguments.deallocate();
    }
  }
}
