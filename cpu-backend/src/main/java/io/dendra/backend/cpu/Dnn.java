package io.dendra.backend.cpu;

import io.dendra.backend.BackendException;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** oneDNN's engine for the processor, and the memory its primitives work in. */
final class Dnn implements AutoCloseable {
  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final Deque<Arena> arenas = new ArrayDeque<>();
  private final OmpThreads threads;

  Dnn() {
    dnnl.dnnl_version();
    threads = new OmpThreads();
    threads.holdToOne();
    // oneDNN would keep 1024 more that PrimitiveCache has let go.
    check(dnnl.dnnl_set_primitive_cache_capacity(0), "capacity of the primitive cache");
    check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "engine");
    check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags), "stream");
  }

  /** The number of OpenMP threads belongs to each calling thread. */
  OmpThreads threads() {
    return threads;
  }

  static void check(int status, String what) {
    if (status != dnnl.dnnl_success) {
      throw new BackendException("oneDNN failed with status " + status + " in " + what);
    }
  }

  static String version() {
    dnnl_version_t version = dnnl.dnnl_version();
    return version.major() + "." + version.minor() + "." + version.patch();
  }

  /** The instructions oneDNN uses here. */
  static String instructionSet() {
    Map<Integer, String> names =
        Map.of(
            dnnl.dnnl_cpu_isa_sse41, "SSE4.1",
            dnnl.dnnl_cpu_isa_avx, "AVX",
            dnnl.dnnl_cpu_isa_avx2, "AVX2",
            dnnl.dnnl_cpu_isa_avx2_vnni, "AVX2 VNNI",
            dnnl.dnnl_cpu_isa_avx512_core, "AVX-512",
            dnnl.dnnl_cpu_isa_avx512_core_vnni, "AVX-512 VNNI",
            dnnl.dnnl_cpu_isa_avx512_core_bf16, "AVX-512 bf16",
            dnnl.dnnl_cpu_isa_avx512_core_fp16, "AVX-512 fp16",
            dnnl.dnnl_cpu_isa_avx512_core_amx, "AVX-512 AMX");
    int isa = dnnl.dnnl_get_effective_cpu_isa();
    return names.getOrDefault(isa, "number " + isa + " of oneDNN");
  }

  dnnl_engine engine() {
    return engine;
  }

  dnnl_stream stream() {
    return stream;
  }

  /** A float32 operand of these lengths and strides. */
  static dnnl_memory_desc describe(long[] dims, long[] strides) {
    return describe(DType.FLOAT32, dims, strides);
  }

  /** An operand of a type, these lengths and strides. */
  static dnnl_memory_desc describe(DType dtype, long[] dims, long[] strides) {
    dnnl_memory_desc result = new dnnl_memory_desc();
    check(
        dnnl.dnnl_memory_desc_create_with_strides(
            result, dims.length, dims, number(dtype), strides),
        "memory descriptor");
    return result;
  }

  private static int number(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> dnnl.dnnl_f32;
      case BFLOAT16 -> dnnl.dnnl_bf16;
      case FLOAT16 -> dnnl.dnnl_f16;
      case FLOAT64, INT32, INT64, BOOL ->
          throw new BackendException("oneDNN is not used for " + dtype.label());
    };
  }

  static dnnl_memory_desc describe(Layout layout) {
    return describe(layout.shape().dims(), layout.strides());
  }

  /** An operand whose order of memory the primitive may choose. */
  static dnnl_memory_desc any(DType dtype, long... dims) {
    dnnl_memory_desc result = new dnnl_memory_desc();
    check(
        dnnl.dnnl_memory_desc_create_with_tag(
            result, dims.length, dims, number(dtype), dnnl.dnnl_format_tag_any),
        "memory descriptor");
    return result;
  }

  /** Whether oneDNN has only its slow reference or a detour for a primitive. */
  static boolean isReference(dnnl_primitive_desc description) {
    try (PointerPointer<BytePointer> name = new PointerPointer<>(1)) {
      dnnl.dnnl_primitive_desc_query(description, dnnl.dnnl_query_impl_info_str, 0, name);
      String text = name.get(BytePointer.class).getString();
      return text.startsWith("ref") || text.startsWith("gemm");
    }
  }

  /** Attributes under which a primitive takes its scratch memory from the caller. */
  static dnnl_primitive_attr attributes() {
    dnnl_primitive_attr result = new dnnl_primitive_attr();
    check(dnnl.dnnl_primitive_attr_create(result), "attributes");
    check(
        dnnl.dnnl_primitive_attr_set_scratchpad_mode(result, dnnl.dnnl_scratchpad_mode_user),
        "scratchpad mode");
    return result;
  }

  /** Ends a primitive with an elementwise function. */
  static void append(dnnl_primitive_attr attributes, int algorithm) {
    dnnl_post_ops post = new dnnl_post_ops();
    check(dnnl.dnnl_post_ops_create(post), "post-ops");
    check(dnnl.dnnl_post_ops_append_eltwise(post, algorithm, 0, 0), "post-ops");
    check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, post), "post-ops");
    dnnl.dnnl_post_ops_destroy(post);
  }

  /** Scratch memory for one execution; comes back by {@link #giveBack}. */
  Arena arena(long bytes) {
    Arena arena;
    synchronized (arenas) {
      arena = arenas.pollFirst();
    }
    if (arena == null) {
      arena = new Arena();
    }
    arena.grow(bytes);
    return arena;
  }

  void giveBack(Arena arena) {
    synchronized (arenas) {
      arenas.addFirst(arena);
    }
  }

  @Override
  public void close() {
    synchronized (arenas) {
      arenas.forEach(Arena::free);
      arenas.clear();
    }
    dnnl.dnnl_stream_destroy(stream);
    dnnl.dnnl_engine_destroy(engine);
  }

  /** A block of memory that grows to the largest need. */
  static final class Arena {
    private static final int ALIGNMENT = 64;

    private Pointer block;
    private long capacity;
    private long start;

    private void grow(long bytes) {
      if (bytes <= capacity) {
        return;
      }
      free();
      block = Pointer.malloc(bytes + ALIGNMENT);
      if (block == null || block.isNull()) {
        block = null;
        throw new BackendException("no memory for " + bytes + " bytes of oneDNN scratch space");
      }
      capacity = bytes;
      start = (block.address() + ALIGNMENT - 1) & -ALIGNMENT;
    }

    long address() {
      return start;
    }

    private void free() {
      if (block != null) {
        Pointer.free(block);
        block = null;
        capacity = 0;
      }
    }
  }
}
