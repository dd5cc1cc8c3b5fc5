package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.DeviceLostException;
import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.driver.DeviceInfo;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.backend.cuda.driver.Grid;
import io.dendra.backend.cuda.driver.HostMemory;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.cudaStream_t;

/** The CUDA driver by JCuda. */
public final class JCudaDriverApi implements Driver {
  private static final int OUT_OF_MEMORY = CUresult.CUDA_ERROR_OUT_OF_MEMORY;
  private static final int NAME_LENGTH = 256;

  private final Map<Integer, CUcontext> contexts = new ConcurrentHashMap<>();
  private final Map<Integer, CudaException> lost = new ConcurrentHashMap<>();

  /** The device of each thread, so that a call into the driver is made only when it changes. */
  private final ThreadLocal<int[]> current = ThreadLocal.withInitial(() -> new int[] {-1});

  record StreamHandle(CUstream driver, cudaStream_t runtime, int device) implements Stream {}

  private record EventHandle(CUevent event) implements Event {}

  private record ModuleHandle(CUmodule module) implements Module {}

  private record FunctionHandle(CUfunction function) implements Function {}

  private record GraphHandle(CUgraph graph, CUgraphExec exec) implements Graph {}

  /**
   * Initialises CUDA.
   *
   * @throws CudaException when there is no device or the driver fails
   */
  public JCudaDriverApi() {
    check(JCudaDriver.cuInit(0), "cuInit");
  }

  private void check(int code, String function) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(code, function);
    }
  }

  private CudaException failure(int code, String function) {
    int device = current.get()[0];
    CudaException failure = new CudaException(function, code, inWords(code), device);
    if (device >= 0 && isSticky(code)) {
      lost.putIfAbsent(device, failure);
    }
    return failure;
  }

  private static String inWords(int code) {
    String[] name = {null};
    String[] text = {null};
    JCudaDriver.cuGetErrorName(code, name);
    JCudaDriver.cuGetErrorString(code, text);
    return (name[0] == null ? "unknown error" : name[0]) + (text[0] == null ? "" : ": " + text[0]);
  }

  /** Errors after which every call on the device's context fails. */
  private static boolean isSticky(int code) {
    return switch (code) {
      case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED ->
          true;
      default -> false;
    };
  }

  // ---- devices

  @Override
  public int version() {
    int[] version = {0};
    check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
    return version[0];
  }

  @Override
  public int deviceCount() {
    int[] count = {0};
    check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  @Override
  public DeviceInfo describe(int device) {
    CUdevice handle = device(device);
    byte[] name = new byte[NAME_LENGTH];
    check(JCudaDriver.cuDeviceGetName(name, NAME_LENGTH, handle), "cuDeviceGetName");
    long[] bytes = {0};
    check(JCudaDriver.cuDeviceTotalMem(bytes, handle), "cuDeviceTotalMem");
    int length = 0;
    while (length < NAME_LENGTH && name[length] != 0) {
      length++;
    }
    return new DeviceInfo(
        new String(name, 0, length, StandardCharsets.UTF_8),
        bytes[0],
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        attribute(
            handle, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN));
  }

  private CUdevice device(int number) {
    CUdevice device = new CUdevice();
    check(JCudaDriver.cuDeviceGet(device, number), "cuDeviceGet");
    return device;
  }

  private int attribute(CUdevice device, int attribute) {
    int[] value = {0};
    check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  @Override
  public void retain(int device) {
    CUcontext context = new CUcontext();
    check(
        JCudaDriver.cuDevicePrimaryCtxRetain(context, device(device)), "cuDevicePrimaryCtxRetain");
    contexts.put(device, context);
  }

  @Override
  public void release(int device) {
    current.get()[0] = -1;
    check(JCudaDriver.cuDevicePrimaryCtxRelease(device(device)), "cuDevicePrimaryCtxRelease");
  }

  @Override
  public void makeCurrent(int device) {
    CudaException cause = lost.isEmpty() ? null : lost.get(device);
    if (cause != null) {
      throw new DeviceLostException(
          "cuda:"
              + device
              + " is lost since an earlier error: "
              + cause.getMessage()
              + ". Other devices go on; this one needs a new process.",
          cause);
    }
    int[] mine = current.get();
    if (mine[0] != device) {
      check(JCudaDriver.cuCtxSetCurrent(contexts.get(device)), "cuCtxSetCurrent");
      mine[0] = device;
    }
  }

  @Override
  public CudaException lostBy(int device) {
    return lost.get(device);
  }

  // ---- memory

  @Override
  public long allocate(long bytes) {
    Pointers.Allocation pointer = new Pointers.Allocation();
    int code = JCudaDriver.cuMemAlloc(pointer, bytes);
    if (code == OUT_OF_MEMORY) {
      return 0;
    }
    check(code, "cuMemAlloc");
    return pointer.address();
  }

  @Override
  public void free(long address) {
    check(JCudaDriver.cuMemFree(Pointers.device(address)), "cuMemFree");
  }

  @Override
  public HostMemory allocateHost(long bytes) {
    Pointers.HostAllocation pointer = new Pointers.HostAllocation();
    check(
        JCudaDriver.cuMemHostAlloc(pointer, bytes, JCudaDriver.CU_MEMHOSTALLOC_PORTABLE),
        "cuMemHostAlloc");
    return new HostMemory(
        pointer.address(), pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()), pointer);
  }

  @Override
  public void freeHost(HostMemory memory) {
    check(JCudaDriver.cuMemFreeHost(Pointers.host(memory)), "cuMemFreeHost");
  }

  @Override
  public void copyToDevice(long target, HostMemory source, long offset, long bytes, Stream stream) {
    Pointer from = Pointers.host(source, offset);
    check(
        JCudaDriver.cuMemcpyHtoDAsync(Pointers.device(target), from, bytes, raw(stream)),
        "cuMemcpyHtoDAsync");
  }

  @Override
  public void copyToHost(HostMemory target, long offset, long source, long bytes, Stream stream) {
    Pointer to = Pointers.host(target, offset);
    check(
        JCudaDriver.cuMemcpyDtoHAsync(to, Pointers.device(source), bytes, raw(stream)),
        "cuMemcpyDtoHAsync");
  }

  @Override
  public void copy(long target, long source, long bytes, Stream stream) {
    CUdeviceptr to = Pointers.device(target);
    check(
        JCudaDriver.cuMemcpyDtoDAsync(to, Pointers.device(source), bytes, raw(stream)),
        "cuMemcpyDtoDAsync");
  }

  @Override
  public void copyPeer(
      long target, int targetDevice, long source, int sourceDevice, long bytes, Stream stream) {
    check(
        JCudaDriver.cuMemcpyPeerAsync(
            Pointers.device(target),
            contexts.get(targetDevice),
            Pointers.device(source),
            contexts.get(sourceDevice),
            bytes,
            raw(stream)),
        "cuMemcpyPeerAsync");
  }

  @Override
  public void reach(int peer) {
    int[] can = {0};
    CUdevice here = device(current.get()[0]);
    check(JCudaDriver.cuDeviceCanAccessPeer(can, here, device(peer)), "cuDeviceCanAccessPeer");
    if (can[0] != 0) {
      int code = JCudaDriver.cuCtxEnablePeerAccess(contexts.get(peer), 0);
      if (code != CUresult.CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED) {
        check(code, "cuCtxEnablePeerAccess");
      }
    }
  }

  @Override
  public void fill(long target, byte value, long bytes, Stream stream) {
    check(
        JCudaDriver.cuMemsetD8Async(Pointers.device(target), value, bytes, raw(stream)),
        "cuMemsetD8Async");
  }

  // ---- streams and events

  static CUstream raw(Stream stream) {
    return ((StreamHandle) stream).driver();
  }

  private static CUevent raw(Event event) {
    return ((EventHandle) event).event();
  }

  @Override
  public Stream createStream() {
    CUstream stream = new CUstream();
    check(
        JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "cuStreamCreate");
    return new StreamHandle(stream, new cudaStream_t(stream), current.get()[0]);
  }

  @Override
  public void synchronize(Stream stream) {
    check(JCudaDriver.cuStreamSynchronize(raw(stream)), "cuStreamSynchronize");
  }

  @Override
  public void destroy(Stream stream) {
    check(JCudaDriver.cuStreamDestroy(raw(stream)), "cuStreamDestroy");
  }

  @Override
  public Event createEvent() {
    CUevent event = new CUevent();
    check(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
    return new EventHandle(event);
  }

  @Override
  public void record(Event event, Stream stream) {
    check(JCudaDriver.cuEventRecord(raw(event), raw(stream)), "cuEventRecord");
  }

  @Override
  public void await(Stream stream, Event event) {
    check(JCudaDriver.cuStreamWaitEvent(raw(stream), raw(event), 0), "cuStreamWaitEvent");
  }

  @Override
  public void synchronize(Event event) {
    check(JCudaDriver.cuEventSynchronize(raw(event)), "cuEventSynchronize");
  }

  @Override
  public void destroy(Event event) {
    check(JCudaDriver.cuEventDestroy(raw(event)), "cuEventDestroy");
  }

  // ---- kernels

  @Override
  public Module load(byte[] image) {
    CUmodule module = new CUmodule();
    check(JCudaDriver.cuModuleLoadData(module, image), "cuModuleLoadData");
    return new ModuleHandle(module);
  }

  @Override
  public Function function(Module module, String name) {
    CUfunction function = new CUfunction();
    check(
        JCudaDriver.cuModuleGetFunction(function, ((ModuleHandle) module).module(), name),
        "cuModuleGetFunction");
    return new FunctionHandle(function);
  }

  @Override
  public void allowShared(Function function, int bytes) {
    check(
        JCudaDriver.cuFuncSetAttribute(
            ((FunctionHandle) function).function(),
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
            bytes),
        "cuFuncSetAttribute");
  }

  @Override
  public void unload(Module module) {
    check(JCudaDriver.cuModuleUnload(((ModuleHandle) module).module()), "cuModuleUnload");
  }

  @Override
  public void launch(
      Function function, Grid grid, int block, int shared, Stream stream, HostMemory arguments) {
    check(
        JCudaDriver.cuLaunchKernel(
            ((FunctionHandle) function).function(),
            grid.x(),
            grid.y(),
            grid.z(),
            block,
            1,
            1,
            shared,
            raw(stream),
            Pointers.host(arguments),
            null),
        "cuLaunchKernel");
  }

  // ---- graphs

  @Override
  public void beginCapture(Stream stream) {
    check(
        JCudaDriver.cuStreamBeginCapture(
            raw(stream), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
  }

  @Override
  public Graph endCapture(Stream stream) {
    CUgraph graph = new CUgraph();
    check(JCudaDriver.cuStreamEndCapture(raw(stream), graph), "cuStreamEndCapture");
    CUgraphExec exec = new CUgraphExec();
    int code = JCudaDriver.cuGraphInstantiate(exec, graph, 0);
    if (code != CUresult.CUDA_SUCCESS) {
      JCudaDriver.cuGraphDestroy(graph);
      throw failure(code, "cuGraphInstantiate");
    }
    return new GraphHandle(graph, exec);
  }

  @Override
  public void abandonCapture(Stream stream) {
    int[] capturing = {1};
    for (int attempt = 0; attempt < 2 && capturing[0] != 0; attempt++) {
      CUgraph graph = new CUgraph();
      if (JCudaDriver.cuStreamEndCapture(raw(stream), graph) == CUresult.CUDA_SUCCESS) {
        JCudaDriver.cuGraphDestroy(graph);
      }
      JCudaDriver.cuStreamIsCapturing(raw(stream), capturing);
    }
  }

  @Override
  public void launch(Graph graph, Stream stream) {
    check(JCudaDriver.cuGraphLaunch(((GraphHandle) graph).exec(), raw(stream)), "cuGraphLaunch");
  }

  @Override
  public void destroy(Graph graph) {
    GraphHandle handle = (GraphHandle) graph;
    check(JCudaDriver.cuGraphExecDestroy(handle.exec()), "cuGraphExecDestroy");
    check(JCudaDriver.cuGraphDestroy(handle.graph()), "cuGraphDestroy");
  }
}
