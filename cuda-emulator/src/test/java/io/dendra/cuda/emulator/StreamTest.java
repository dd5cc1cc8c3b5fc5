package io.dendra.cuda.emulator;

import static io.dendra.cuda.emulator.EmulatedGpu.DEVICES;
import static io.dendra.cuda.emulator.EmulatedGpu.allocate;
import static io.dendra.cuda.emulator.EmulatedGpu.floats;
import static io.dendra.cuda.emulator.EmulatedGpu.kernel;
import static io.dendra.cuda.emulator.EmulatedGpu.ok;
import static io.dendra.cuda.emulator.EmulatedGpu.read;
import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamTest {

  private static final String INCREMENT =
      "extern \"C\" __global__ void increment(float* x) { x[threadIdx.x] += 1; }";

  private EmulatorControl control;
  private CUstream stream;

  @BeforeEach
  void start() {
    control = EmulatedGpu.start();
    stream = newStream();
  }

  @AfterEach
  void stop() {
    control.clearFaults().reviveDevices().deferred(false);
  }

  private static CUstream newStream() {
    CUstream stream = new CUstream();
    ok(JCudaDriver.cuStreamCreate(stream, 1));
    return stream;
  }

  private static int launch(CUfunction f, CUstream stream, CUdeviceptr x) {
    return JCudaDriver.cuLaunchKernel(
        f, 1, 1, 1, 4, 1, 1, 0, stream, Pointer.to(Pointer.to(x)), null);
  }

  private static float[] pinned(Pointer host, int n) {
    float[] values = new float[n];
    host.getByteBuffer(0, 4L * n)
        .order(java.nio.ByteOrder.nativeOrder())
        .asFloatBuffer()
        .get(values);
    return values;
  }

  @Test
  void inDeferredModeAMissingSynchronisationShowsStaleData() {
    CUfunction increment = kernel("increment", INCREMENT);
    CUdeviceptr x = floats(1, 2, 3, 4);
    Pointer host = new Pointer();
    ok(JCudaDriver.cuMemHostAlloc(host, 16, 0));
    ok(JCudaDriver.cuMemcpyDtoH(host, x, 16));
    control.deferred(true);
    ok(launch(increment, stream, x));
    ok(JCudaDriver.cuMemcpyDtoHAsync(host, x, 16, stream));
    assertThat(pinned(host, 4)).containsExactly(1, 2, 3, 4);
    assertThat(JCudaDriver.cuStreamQuery(stream)).isEqualTo(600);
    ok(JCudaDriver.cuStreamSynchronize(stream));
    assertThat(pinned(host, 4)).containsExactly(2, 3, 4, 5);
    ok(JCudaDriver.cuMemFreeHost(host));
  }

  @Test
  void inDeferredModeStreamsWaitForEachOtherByEventsOnly() {
    CUfunction increment = kernel("increment", INCREMENT);
    CUdeviceptr x = floats(1, 1, 1, 1);
    CUdeviceptr y = allocate(16);
    CUstream other = newStream();
    CUevent event = new CUevent();
    ok(JCudaDriver.cuEventCreate(event, 2));
    control.deferred(true);
    ok(launch(increment, stream, x));
    ok(JCudaDriver.cuMemcpyDtoDAsync(y, x, 16, other));
    ok(JCudaDriver.cuStreamSynchronize(other));
    assertThat(read(y, 1)).containsExactly(1);
    ok(JCudaDriver.cuEventRecord(event, stream));
    ok(JCudaDriver.cuStreamWaitEvent(other, event, 0));
    ok(JCudaDriver.cuMemcpyDtoDAsync(y, x, 16, other));
    ok(JCudaDriver.cuStreamSynchronize(other));
    assertThat(read(y, 1)).containsExactly(2);
  }

  @Test
  void aCapturedStepRunsOnlyWhenItsGraphIsLaunched() {
    CUfunction increment = kernel("increment", INCREMENT);
    CUdeviceptr x = floats(0, 0, 0, 0);
    CUstream side = newStream();
    CUevent fork = new CUevent();
    CUevent join = new CUevent();
    ok(JCudaDriver.cuEventCreate(fork, 2));
    ok(JCudaDriver.cuEventCreate(join, 2));
    ok(JCudaDriver.cuStreamBeginCapture(stream, 0));
    ok(launch(increment, stream, x));
    ok(JCudaDriver.cuEventRecord(fork, stream));
    ok(JCudaDriver.cuStreamWaitEvent(side, fork, 0));
    ok(launch(increment, side, x));
    ok(JCudaDriver.cuEventRecord(join, side));
    ok(JCudaDriver.cuStreamWaitEvent(stream, join, 0));
    CUgraph graph = new CUgraph();
    ok(JCudaDriver.cuStreamEndCapture(stream, graph));
    assertThat(read(x, 1)).containsExactly(0);
    CUgraphExec executable = new CUgraphExec();
    ok(JCudaDriver.cuGraphInstantiate(executable, graph, 0));
    for (int i = 0; i < 3; i++) {
      ok(JCudaDriver.cuGraphLaunch(executable, stream));
    }
    ok(JCudaDriver.cuStreamSynchronize(stream));
    assertThat(read(x, 4)).containsExactly(6, 6, 6, 6);
    ok(JCudaDriver.cuGraphExecDestroy(executable));
    ok(JCudaDriver.cuGraphDestroy(graph));
  }

  @Test
  void allocatingOrSynchronisingSpoilsACapture() {
    CUgraph graph = new CUgraph();
    ok(JCudaDriver.cuStreamBeginCapture(stream, 0));
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(900);
    assertThat(JCudaDriver.cuStreamEndCapture(stream, graph)).isEqualTo(901);
    ok(JCudaDriver.cuStreamBeginCapture(stream, 0));
    assertThat(JCudaDriver.cuStreamSynchronize(stream)).isEqualTo(900);
    assertThat(JCudaDriver.cuStreamEndCapture(stream, graph)).isEqualTo(901);
    assertThat(JCudaDriver.cuMemFree(allocate(16))).isZero();
  }

  @Test
  void workThatNobodyWaitsForCannotBeCaptured() {
    CUfunction increment = kernel("increment", INCREMENT);
    CUdeviceptr x = floats(0, 0, 0, 0);
    CUstream side = newStream();
    CUevent fork = new CUevent();
    ok(JCudaDriver.cuEventCreate(fork, 2));
    ok(JCudaDriver.cuStreamBeginCapture(stream, 0));
    ok(JCudaDriver.cuEventRecord(fork, stream));
    ok(JCudaDriver.cuStreamWaitEvent(side, fork, 0));
    ok(launch(increment, side, x));
    assertThat(JCudaDriver.cuStreamEndCapture(stream, new CUgraph())).isEqualTo(904);
    ok(launch(increment, side, x));
    ok(JCudaDriver.cuStreamSynchronize(side));
    assertThat(read(x, 1)).containsExactly(1);
  }

  @Test
  void devicesHaveTheirOwnMemoryAndCopyToEachOther() {
    int[] count = new int[1];
    ok(JCudaDriver.cuDeviceGetCount(count));
    assertThat(count[0]).isEqualTo(DEVICES);
    CUcontext first = EmulatedGpu.use(0);
    CUdeviceptr x = floats(1, 2, 3, 4);
    CUcontext second = EmulatedGpu.use(1);
    CUfunction increment = kernel("increment", INCREMENT);
    CUdeviceptr y = allocate(16);
    ok(JCudaDriver.cuMemcpyPeerAsync(y, second, x, first, 16, null));
    ok(launch(increment, null, y));
    assertThat(read(y, 4)).containsExactly(2, 3, 4, 5);
    ok(launch(increment, null, x));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(700);
    EmulatedGpu.use(0);
    assertThat(read(x, 4)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aDeviceThatDiesOfAFaultLeavesTheOthersAlive() {
    CUfunction increment = kernel("increment", INCREMENT);
    CUdeviceptr x = floats(0, 0, 0, 0);
    control.inject(Fault.of("kernel:increment", 719).skip(1));
    ok(launch(increment, stream, x));
    ok(launch(increment, stream, x));
    assertThat(JCudaDriver.cuStreamSynchronize(stream)).isEqualTo(719);
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(719);
    EmulatedGpu.use(1);
    ok(JCudaDriver.cuMemFree(allocate(16)));
    control.reviveDevices();
    EmulatedGpu.use(0);
    assertThat(read(x, 1)).containsExactly(1);
  }

  @Test
  void faultsHappenWhereAndAsOftenAsTold() {
    long before = control.injectedFaults();
    control.inject(Fault.of("cuMemAlloc_v2", 2).skip(1).times(2));
    CUdeviceptr p = new CUdeviceptr();
    assertThat(JCudaDriver.cuMemAlloc(p, 16)).isZero();
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(2);
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(2);
    ok(JCudaDriver.cuMemFree(allocate(16)));
    ok(JCudaDriver.cuMemFree(p));
    control.inject(Fault.of("cuMemAlloc_v2", 2).device(3));
    ok(JCudaDriver.cuMemFree(allocate(16)));
    assertThat(control.injectedFaults()).isEqualTo(before + 2);
  }

  @Test
  void memoryIsLimitedAndAccountedFor() {
    EmulatedGpu.use(2);
    control.deviceMegabytes(4);
    long used = control.usedBytes(2);
    CUdeviceptr p = allocate(3 << 20);
    assertThat(control.usedBytes(2)).isEqualTo(used + (3 << 20));
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 2 << 20)).isEqualTo(2);
    ok(JCudaDriver.cuMemFree(p));
    assertThat(control.usedBytes(2)).isEqualTo(used);
    control.deviceMegabytes(1024);
  }

  @Test
  void usingAStreamAfterItsEndIsAnInvalidHandle() {
    ok(JCudaDriver.cuStreamDestroy(stream));
    assertThat(JCudaDriver.cuStreamSynchronize(stream)).isEqualTo(400);
  }
}
