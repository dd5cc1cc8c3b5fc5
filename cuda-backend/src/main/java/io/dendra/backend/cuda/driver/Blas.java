package io.dendra.backend.cuda.driver;

import io.dendra.tensor.DType;

/** Matrix products: cuBLAS. Matrices are column-major and given by address. */
public interface Blas {
  /** The library's state for one stream of one device; used by one thread at a time. */
  interface Handle {}

  /** How float32 products are computed. */
  enum Precision {
    /** With 24 bits of mantissa. */
    FLOAT32,
    /** With factors rounded to 11 bits of mantissa, on tensor cores. */
    TF32
  }

  /** A handle for a stream of the calling thread's device. */
  Handle create(Driver.Stream stream);

  /** Gives a handle back. */
  void destroy(Handle handle);

  /** The version, {@code 12.6.1}. */
  String version(Handle handle);

  /** Has the library use this memory for its scratch, which captured work needs. */
  void setWorkspace(Handle handle, long address, long bytes);

  /**
   * A batch of products {@code C = alpha op(A) op(B) + beta C}, accumulated in float32 (float64 for
   * float64).
   *
   * @param type of all elements: float32, float64, float16 or bfloat16
   */
  void gemm(
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
      Precision precision);
}
