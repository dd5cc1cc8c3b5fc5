package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.Blas;
import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.tensor.DType;
import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;

/** cuBLAS by JCuda. */
public final class JCudaBlas implements Blas {
  /** With the memory that holds the two factors of a call, which the library reads during it. */
  private record HandleState(
      cublasHandle handle, int device, ByteBuffer scalars, Pointer alpha, Pointer beta)
      implements Handle {}

  @Override
  public Handle create(Driver.Stream stream) {
    JCudaDriverApi.StreamHandle raw = (JCudaDriverApi.StreamHandle) stream;
    cublasHandle handle = new cublasHandle();
    check(JCublas2.cublasCreate(handle), "cublasCreate", raw.device());
    check(JCublas2.cublasSetStream(handle, raw.runtime()), "cublasSetStream", raw.device());
    check(
        JCublas2.cublasSetMathMode(
            handle, cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION),
        "cublasSetMathMode",
        raw.device());
    ByteBuffer scalars = Pointers.scalars(16);
    return new HandleState(
        handle, raw.device(), scalars, Pointer.to(scalars), Pointer.to(scalars).withByteOffset(8));
  }

  @Override
  public void destroy(Handle handle) {
    check(JCublas2.cublasDestroy(raw(handle)), "cublasDestroy", device(handle));
  }

  @Override
  public String version(Handle handle) {
    int[] version = {0};
    check(JCublas2.cublasGetVersion(raw(handle), version), "cublasGetVersion", device(handle));
    int number = version[0];
    return number / 10000 + "." + number / 100 % 100 + "." + number % 100;
  }

  @Override
  public void setWorkspace(Handle handle, long address, long bytes) {
    check(
        JCublas2.cublasSetWorkspace(raw(handle), Pointers.device(address), bytes),
        "cublasSetWorkspace",
        device(handle));
  }

  @Override
  public void gemm(
      Handle handle,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      double alpha,
      long a,
      int lda,
      long strideA,
      long b,
      int ldb,
      long strideB,
      double beta,
      long c,
      int ldc,
      long strideC,
      int batch,
      DType type,
      Precision precision) {
    HandleState state = (HandleState) handle;
    if (type == DType.FLOAT64) {
      state.scalars.putDouble(0, alpha).putDouble(8, beta);
    } else {
      state.scalars.putFloat(0, (float) alpha).putFloat(8, (float) beta);
    }
    int data = dataType(type);
    int compute = computeType(type, precision);
    if (batch == 1) {
      // The call for one product knows more ways to share it among the multiprocessors.
      check(
          JCublas2.cublasGemmEx_new(
              state.handle,
              operation(transposeA),
              operation(transposeB),
              m,
              n,
              k,
              state.alpha,
              Pointers.device(a),
              data,
              lda,
              Pointers.device(b),
              data,
              ldb,
              state.beta,
              Pointers.device(c),
              data,
              ldc,
              compute,
              cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
          "cublasGemmEx",
          state.device);
      return;
    }
    check(
        JCublas2.cublasGemmStridedBatchedEx_new(
            state.handle,
            operation(transposeA),
            operation(transposeB),
            m,
            n,
            k,
            state.alpha,
            Pointers.device(a),
            data,
            lda,
            strideA,
            Pointers.device(b),
            data,
            ldb,
            strideB,
            state.beta,
            Pointers.device(c),
            data,
            ldc,
            strideC,
            batch,
            compute,
            cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
        "cublasGemmStridedBatchedEx",
        state.device);
  }

  private static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static int dataType(DType type) {
    return switch (type) {
      case FLOAT32 -> cudaDataType.CUDA_R_32F;
      case FLOAT64 -> cudaDataType.CUDA_R_64F;
      case FLOAT16 -> cudaDataType.CUDA_R_16F;
      case BFLOAT16 -> cudaDataType.CUDA_R_16BF;
      case INT32, INT64, BOOL ->
          throw new IllegalArgumentException("cuBLAS does not multiply " + type.label());
    };
  }

  private static int computeType(DType type, Precision precision) {
    if (type == DType.FLOAT64) {
      return cublasComputeType.CUBLAS_COMPUTE_64F;
    }
    return type == DType.FLOAT32 && precision == Precision.TF32
        ? cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32
        : cublasComputeType.CUBLAS_COMPUTE_32F;
  }

  private static cublasHandle raw(Handle handle) {
    return ((HandleState) handle).handle;
  }

  private static int device(Handle handle) {
    return ((HandleState) handle).device;
  }

  private static void check(int code, String function, int device) {
    if (code != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(function, code, cublasStatus.stringFor(code), device);
    }
  }
}
