package io.dendra.cuda.emulator;

import static io.dendra.cuda.emulator.EmulatedGpu.allocate;
import static io.dendra.cuda.emulator.EmulatedGpu.floats;
import static io.dendra.cuda.emulator.EmulatedGpu.ok;
import static io.dendra.cuda.emulator.EmulatedGpu.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlasTest {

  private static final int FLOAT = 0;
  private static final int HALF = 2;
  private static final int BFLOAT = 14;
  private static final int COMPUTE_FLOAT = 68;
  private static final int COMPUTE_TF32 = 77;

  private final cublasHandle handle = new cublasHandle();
  private EmulatorControl control;

  @BeforeEach
  void start() {
    control = EmulatedGpu.start();
    ok(JCublas2.cublasCreate(handle));
  }

  @AfterEach
  void stop() {
    control.clearFaults().reviveDevices();
    ok(JCublas2.cublasDestroy(handle));
  }

  private static Pointer scalar(float v) {
    return Pointer.to(new float[] {v});
  }

  private static float[] sequence(int n) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      v[i] = ((i * 37) % 101 - 50) / 25.0f;
    }
    return v;
  }

  @ParameterizedTest
  @CsvSource({"3,5,7,0,0", "17,4,33,1,0", "16,16,16,0,1", "33,19,2,1,1", "1,1,1,0,0"})
  void multipliesLikePlainLoops(int m, int n, int k, int transA, int transB) {
    int lda = (transA == 0 ? m : k) + 2;
    int ldb = (transB == 0 ? k : n) + 1;
    int ldc = m + 3;
    float[] a = sequence(lda * (transA == 0 ? k : m));
    float[] b = sequence(ldb * (transB == 0 ? n : k));
    float[] c = sequence(ldc * n);
    CUdeviceptr out = floats(c);
    ok(
        JCublas2.cublasSgemm(
            handle,
            transA,
            transB,
            m,
            n,
            k,
            scalar(0.5f),
            floats(a),
            lda,
            floats(b),
            ldb,
            scalar(2.0f),
            out,
            ldc));
    float[] result = read(out, c.length);
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < ldc; i++) {
        double sum = c[j * ldc + i];
        if (i < m) {
          sum *= 2;
          for (int l = 0; l < k; l++) {
            double left = transA == 0 ? a[l * lda + i] : a[i * lda + l];
            double right = transB == 0 ? b[j * ldb + l] : b[l * ldb + j];
            sum += 0.5 * left * right;
          }
        }
        assertThat((double) result[j * ldc + i]).isCloseTo(sum, within(1e-4));
      }
    }
  }

  @Test
  void aBetaOfZeroDoesNotReadTheResult() {
    CUdeviceptr out = allocate(4);
    CUdeviceptr one = floats(3);
    ok(JCublas2.cublasSgemm(handle, 0, 0, 1, 1, 1, scalar(1), one, 1, one, 1, scalar(0), out, 1));
    assertThat(read(out, 1)).containsExactly(9.0f);
  }

  @Test
  void batchesShareAnOperandOfStrideZero() {
    CUdeviceptr a = floats(1, 2, 3, 4);
    CUdeviceptr b = floats(5, 6);
    CUdeviceptr c = allocate(16);
    ok(
        JCublas2.cublasGemmStridedBatchedEx_new(
            handle,
            0,
            0,
            2,
            1,
            1,
            scalar(1),
            a,
            FLOAT,
            2,
            2,
            b,
            FLOAT,
            1,
            0,
            scalar(0),
            c,
            FLOAT,
            2,
            2,
            2,
            COMPUTE_FLOAT,
            -1));
    assertThat(read(c, 4)).containsExactly(5, 10, 15, 20);
  }

  @ParameterizedTest
  @CsvSource({"2,1", "14,1"})
  void sixteenBitOperandsAccumulateInFloat(int type, int one) {
    int k = 4096;
    short bits = (short) (type == HALF ? 0x3C00 : 0x3F80);
    short[] ones = new short[k];
    java.util.Arrays.fill(ones, bits);
    CUdeviceptr a = allocate(2L * k);
    ok(JCudaDriver.cuMemcpyHtoD(a, Pointer.to(ones), 2L * k));
    CUdeviceptr c = allocate(4);
    ok(
        JCublas2.cublasGemmEx_new(
            handle,
            1,
            0,
            1,
            1,
            k,
            scalar(one),
            a,
            type,
            k,
            a,
            type,
            k,
            scalar(0),
            c,
            FLOAT,
            1,
            COMPUTE_FLOAT,
            -1));
    assertThat(read(c, 1)).containsExactly((float) k);
    assertThat(type).isIn(HALF, BFLOAT);
  }

  @Test
  void tf32CutsTheInputsAndFloat32DoesNot() {
    CUdeviceptr a = floats(1.0f + 1.0f / 4096);
    CUdeviceptr b = floats(1.0f);
    CUdeviceptr c = allocate(4);
    for (int compute : new int[] {COMPUTE_FLOAT, COMPUTE_TF32}) {
      ok(
          JCublas2.cublasGemmEx_new(
              handle, 0, 0, 1, 1, 1, scalar(1), a, FLOAT, 1, b, FLOAT, 1, scalar(0), c, FLOAT, 1,
              compute, -1));
      assertThat(read(c, 1)[0]).isEqualTo(compute == COMPUTE_TF32 ? 1.0f : 1.0f + 1.0f / 4096);
    }
  }

  @Test
  void wrongShapesAndCombinationsAreRefused() {
    CUdeviceptr p = floats(1, 2, 3, 4);
    assertThat(JCublas2.cublasSgemm(handle, 0, 0, 2, 2, 2, scalar(1), p, 1, p, 2, scalar(0), p, 2))
        .isEqualTo(7);
    assertThat(
            JCublas2.cublasGemmEx_new(
                handle,
                0,
                0,
                1,
                1,
                1,
                scalar(1),
                p,
                FLOAT,
                1,
                p,
                HALF,
                1,
                scalar(0),
                p,
                FLOAT,
                1,
                COMPUTE_FLOAT,
                -1))
        .isEqualTo(15);
  }

  @Test
  void memoryThatIsTooShortIsAnIllegalAddress() {
    CUdeviceptr p = floats(1, 2, 3);
    ok(JCublas2.cublasSgemm(handle, 0, 0, 2, 2, 2, scalar(1), p, 2, p, 2, scalar(0), p, 2));
    assertThat(JCudaDriver.cuCtxSynchronize()).isEqualTo(700);
  }

  @Test
  void injectedFaultsAreReturned() {
    CUdeviceptr p = floats(1);
    control.inject(Fault.of("cublas*", 13));
    assertThat(JCublas2.cublasSgemm(handle, 0, 0, 1, 1, 1, scalar(1), p, 1, p, 1, scalar(0), p, 1))
        .isEqualTo(13);
    ok(JCublas2.cublasSgemm(handle, 0, 0, 1, 1, 1, scalar(1), p, 1, p, 1, scalar(0), p, 1));
  }
}
