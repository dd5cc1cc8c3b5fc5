package io.dendra.cuda.emulator;

import static io.dendra.cuda.emulator.EmulatedGpu.allocate;
import static io.dendra.cuda.emulator.EmulatedGpu.floats;
import static io.dendra.cuda.emulator.EmulatedGpu.kernel;
import static io.dendra.cuda.emulator.EmulatedGpu.launch;
import static io.dendra.cuda.emulator.EmulatedGpu.ok;
import static io.dendra.cuda.emulator.EmulatedGpu.read;
import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KernelTest {

  private EmulatorControl control;

  @BeforeEach
  void start() {
    control = EmulatedGpu.start();
  }

  @Test
  void addsVectors() {
    CUfunction add =
        kernel(
            "add",
            """
            template <class T> __device__ __forceinline__ T plus(T a, T b) { return a + b; }
            extern "C" __global__ void add(const float* __restrict__ a, const float* b, float* c, int n) {
              for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
                c[i] = plus(a[i], b[i]);
            }
            """);
    int n = 1000;
    float[] a = new float[n];
    float[] b = new float[n];
    for (int i = 0; i < n; i++) {
      a[i] = i;
      b[i] = 2 * i;
    }
    CUdeviceptr c = allocate(4L * n);
    CUdeviceptr da = floats(a);
    CUdeviceptr db = floats(b);
    ok(
        launch(
            add,
            3,
            128,
            0,
            Pointer.to(da),
            Pointer.to(db),
            Pointer.to(c),
            Pointer.to(new int[] {n})));
    float[] sums = read(c, n);
    for (int i = 0; i < n; i++) {
      assertThat(sums[i]).isEqualTo(3.0f * i);
    }
    for (CUdeviceptr p : new CUdeviceptr[] {da, db, c}) {
      ok(JCudaDriver.cuMemFree(p));
    }
  }

  @Test
  void reducesByShufflesAndDynamicSharedMemory() {
    CUfunction sum =
        kernel(
            "sum",
            """
            extern "C" __global__ void sum(const float* x, float* out, int n) {
              extern __shared__ float part[];
              __shared__ int blocks;
              float s = 0;
              for (int i = threadIdx.x; i < n; i += blockDim.x) s += x[i];
              #pragma unroll
              for (int o = 16; o > 0; o /= 2) s += __shfl_down_sync(0xffffffffu, s, o);
              if (threadIdx.x % 32 == 0) part[threadIdx.x / 32] = s;
              if (threadIdx.x == 0) blocks = 0;
              __syncthreads();
              atomicAdd(&blocks, 1);
              if (threadIdx.x < 32) {
                double t = threadIdx.x < blockDim.x / 32 ? part[threadIdx.x] : 0.0;
                for (int o = 16; o > 0; o /= 2) t += __shfl_xor_sync(0xffffffffu, t, o);
                unsigned odd = __ballot_sync(0xffffffffu, threadIdx.x & 1);
                if (threadIdx.x == 0) out[0] = (float)t, out[1] = (float)__popc(odd);
              }
              __syncthreads();
              if (threadIdx.x == 0) out[2] = (float)blocks;
            }
            """);
    float[] x = new float[1000];
    double expected = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = (i % 17) - 3;
      expected += x[i];
    }
    CUdeviceptr in = floats(x);
    CUdeviceptr out = allocate(12);
    Pointer count = Pointer.to(new int[] {x.length});
    for (boolean reversed : new boolean[] {false, true}) {
      control.reversed(reversed);
      ok(launch(sum, 1, 256, 32, Pointer.to(in), Pointer.to(out), count));
      assertThat(read(out, 3)).containsExactly((float) expected, 16.0f, 256.0f);
    }
  }

  @Test
  void shufflesOfPartOfAWarpKeepTheirOwnLanes() {
    CUfunction halves =
        kernel(
            "halves",
            """
            extern "C" __global__ void halves(int* out) {
              unsigned lane = threadIdx.x & 31;
              int v = (int)threadIdx.x;
              if (lane < 16) {
                v += __shfl_xor_sync(0x0000ffffu, v, 1);
                v += __shfl_xor_sync(0x0000ffffu, v, 2);
              } else {
                v = __shfl_sync(0xffff0000u, v, 20);
              }
              __syncwarp();
              out[threadIdx.x] = __shfl_sync(0xffffffffu, v, 0) + v;
            }
            """);
    CUdeviceptr out = allocate(4 * 64);
    ok(launch(halves, 1, 64, 0, Pointer.to(out)));
    int[] values = new int[64];
    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), out, 4 * 64));
    for (int i = 0; i < 64; i++) {
      int warp = i / 32 * 32;
      int first = 4 * warp + 6;
      int own = i % 32 < 16 ? 4 * (i / 4 * 4) + 6 : warp + 20;
      assertThat(values[i]).as("thread %d", i).isEqualTo(first + own);
    }
  }

  @Test
  void aMissingBarrierShows() {
    CUfunction reverse =
        kernel(
            "reverse",
            """
            extern "C" __global__ void reverse(float* x) {
              __shared__ float s[64];
              s[threadIdx.x] = x[threadIdx.x];
              x[threadIdx.x] = s[63 - threadIdx.x];
            }
            """);
    float[] x = new float[64];
    for (int i = 0; i < 64; i++) {
      x[i] = i;
    }
    CUdeviceptr p = floats(x);
    ok(launch(reverse, 1, 64, 0, Pointer.to(p)));
    assertThat(read(p, 64)[0]).isNaN();
  }

  @Test
  void inReverseOrderThreadZeroComesLast() {
    CUfunction spread =
        kernel(
            "spread",
            """
            extern "C" __global__ void spread(const float* x, float* out, int barrier) {
              __shared__ float s;
              if (threadIdx.x == 0) s = x[blockIdx.x];
              if (barrier) __syncthreads();
              out[blockIdx.x * blockDim.x + threadIdx.x] = s;
            }
            """);
    CUdeviceptr x = floats(1, 2);
    CUdeviceptr out = allocate(2 * 70 * 4);
    for (boolean reversed : new boolean[] {false, true}) {
      control.reversed(reversed);
      for (int barrier = 0; barrier < 2; barrier++) {
        ok(
            launch(
                spread, 2, 70, 0, Pointer.to(x), Pointer.to(out), Pointer.to(new int[] {barrier})));
        float[] values = read(out, 140);
        boolean right = barrier == 1 || !reversed;
        assertThat(values[69] == 1 && values[139] == 2).isEqualTo(right);
        assertThat(values[0] == 1 && values[70] == 2).isTrue();
      }
    }
  }

  @Test
  void threadsThatWaitForEverFailTheLaunch() {
    CUfunction stuck =
        kernel(
            "stuck",
            """
            extern "C" __global__ void stuck() {
              if (threadIdx.x < 8) __shfl_sync(0xffffffffu, 1, 0);
              else __syncthreads();
            }
            """);
    ok(launch(stuck, 1, 32, 0));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(719);
  }

  @Test
  void leavingAnAllocationIsAnIllegalAddressAndTheJvmLives() {
    CUfunction write =
        kernel(
            "write",
            """
            extern "C" __global__ void write(float* x, long long at) { x[at + threadIdx.x] = 1.0f; }
            """);
    CUdeviceptr p = allocate(4096);
    ok(launch(write, 1, 32, 0, Pointer.to(p), Pointer.to(new long[] {1024})));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(700);
    assertThat(JCudaDriver.cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(700);
    control.reviveDevices();
    ok(launch(write, 1, 32, 0, Pointer.to(p), Pointer.to(new long[] {-64})));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(700);
  }

  @Test
  void dividingByZeroFailsTheLaunch() {
    CUfunction divide =
        kernel(
            "divide", "extern \"C\" __global__ void divide(int* x, int by) { x[0] = x[0] / by; }");
    CUdeviceptr p = allocate(4);
    ok(launch(divide, 1, 1, 0, Pointer.to(p), Pointer.to(new int[] {0})));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(719);
  }

  @Test
  void writingPastTheDynamicSharedMemoryIsAnIllegalAddress() {
    CUfunction past =
        kernel(
            "past",
            """
            extern "C" __global__ void past() { extern __shared__ int s[]; s[threadIdx.x] = 1; }
            """);
    ok(launch(past, 1, 32, 64));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(700);
  }

  @Test
  void freshMemoryHoldsNoZeros() {
    CUdeviceptr p = allocate(40);
    assertThat(read(p, 10)).containsOnly(Float.NaN);
  }

  @Test
  void variablesOfTheDeviceStartAtZeroAndSharedOnesDoNot() {
    CUfunction count =
        kernel(
            "count",
            """
            __device__ unsigned int arrived;
            __constant__ float factors[2] = {2.0f, 3.0f};
            static __device__ __forceinline__ float twice(float x) { return factors[0] * x; }
            extern "C" __global__ void count(float* out) {
              __shared__ float s[4];
              if (threadIdx.x == 0) {
                out[2] = s[1];
                s[1] = 0;
                out[0] = twice((float)atomicAdd(&arrived, 1u));
                out[1] = factors[1];
              }
            }
            """);
    CUdeviceptr out = allocate(12);
    ok(launch(count, 1, 32, 0, Pointer.to(out)));
    assertThat(read(out, 3)).containsExactly(0.0f, 3.0f, Float.NaN);
    ok(launch(count, 1, 32, 0, Pointer.to(out)));
    assertThat(read(out, 1)).containsExactly(2.0f);
  }

  @Test
  void aCompileErrorHasALogThatNamesTheSource() {
    nvrtcProgram program = new nvrtcProgram();
    String source = "extern \"C\" __global__ void bad(float* x) {\n  x[0] = y;\n}";
    ok(JNvrtc.nvrtcCreateProgram(program, source, "bad.cu", 0, null, null));
    assertThat(JNvrtc.nvrtcCompileProgram(program, 0, null)).isEqualTo(6);
    String[] log = new String[1];
    ok(JNvrtc.nvrtcGetProgramLog(program, log));
    assertThat(log[0]).contains("bad.cu:2").contains("'y' was not declared");
  }

  @Test
  void macrosOfTheProgramDoNotReachTheHeader() {
    nvrtcProgram program = new nvrtcProgram();
    String source = "extern \"C\" __global__ void k(T* x) { x[0] = max(x[0], TWICE(x[1])); }";
    ok(JNvrtc.nvrtcCreateProgram(program, source, "k.cu", 0, null, null));
    String[] options = {"-DT=float", "--define-macro=TWICE(v)=(v + v)", "-D", "A", "-arch=sm_90"};
    assertThat(JNvrtc.nvrtcCompileProgram(program, options.length, options)).isZero();
    assertThat(JNvrtc.nvrtcCompileProgram(program, 1, new String[] {"--no-such-option"}))
        .isEqualTo(5);
  }

  @Test
  void theStandardLibraryIsAsAbsentAsInNvrtc() {
    nvrtcProgram program = new nvrtcProgram();
    String source = "extern \"C\" __global__ void k(float* x) { x[0] = std::max(x[0], x[1]); }";
    ok(JNvrtc.nvrtcCreateProgram(program, source, "k.cu", 0, null, null));
    assertThat(JNvrtc.nvrtcCompileProgram(program, 0, null)).isEqualTo(6);
  }
}
