package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.backend.cuda.driver.Driver;
import io.dendra.tensor.DType;
import java.nio.ByteBuffer;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;

/** cuDNN by JCuda. */
public final class JCudaDnn implements Dnn {
  /** With the factors of all calls: 0 and 1 as float and as double. */
  record HandleState(cudnnHandle handle, int device, Pointer scalars) implements Handle {
    private static final int FLOATS = 2 * Double.BYTES;

    private static Pointer numbers() {
      ByteBuffer numbers = Pointers.scalars(FLOATS + 2 * Float.BYTES);
      numbers.putDouble(Double.BYTES, 1).putFloat(FLOATS + Float.BYTES, 1);
      return Pointer.to(numbers);
    }

    Pointer zero(DType type) {
      return scalars.withByteOffset(type == DType.FLOAT64 ? 0 : FLOATS);
    }

    Pointer one(DType type) {
      return scalars.withByteOffset(type == DType.FLOAT64 ? Double.BYTES : FLOATS + Float.BYTES);
    }
  }

  @Override
  public Handle create(Driver.Stream stream) {
    JCudaDriverApi.StreamHandle raw = (JCudaDriverApi.StreamHandle) stream;
    cudnnHandle handle = new cudnnHandle();
    DnnStatus.check(JCudnn.cudnnCreate(handle), "cudnnCreate", raw.device());
    DnnStatus.check(JCudnn.cudnnSetStream(handle, raw.runtime()), "cudnnSetStream", raw.device());
    return new HandleState(handle, raw.device(), HandleState.numbers());
  }

  @Override
  public void destroy(Handle handle) {
    HandleState state = (HandleState) handle;
    DnnStatus.check(JCudnn.cudnnDestroy(state.handle), "cudnnDestroy", state.device);
  }

  @Override
  public long version() {
    return JCudnn.cudnnGetVersion();
  }

  // ---- convolution

  @Override
  public Convolution prepare(ConvolutionShape shape) {
    return JCudaConvolution.prepare(shape);
  }

  @Override
  public void release(Convolution convolution) {
    ((JCudaConvolution) convolution).release();
  }

  @Override
  public List<Algorithm> algorithms(
      Handle handle, Convolution convolution, Direction direction, boolean measured) {
    ConvolutionAlgorithms list =
        new ConvolutionAlgorithms((HandleState) handle, (JCudaConvolution) convolution);
    return list.of(direction, measured);
  }

  @Override
  public boolean convolve(
      Handle handle,
      Convolution convolution,
      Direction direction,
      Algorithm algorithm,
      long x,
      long w,
      long y,
      long workspace,
      boolean add) {
    return ((JCudaConvolution) convolution)
        .run((HandleState) handle, direction, algorithm, x, w, y, workspace, add);
  }

  @Override
  public boolean convolveBias(
      Handle handle,
      Convolution convolution,
      Algorithm algorithm,
      long x,
      long w,
      long bias,
      boolean relu,
      long y,
      long workspace) {
    return ((JCudaConvolution) convolution)
        .runWithBias((HandleState) handle, algorithm, x, w, bias, relu, y, workspace);
  }
}
