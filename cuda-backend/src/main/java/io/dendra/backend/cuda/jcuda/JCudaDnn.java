package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.backend.cuda.driver.Driver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;

/** cuDNN by JCuda. */
public final class JCudaDnn implements Dnn {
  private record HandleState(cudnnHandle handle) implements Handle {}

  @Override
  public Handle create(Driver.Stream stream) {
    cudnnHandle handle = new cudnnHandle();
    check(JCudnn.cudnnCreate(handle), "cudnnCreate");
    check(
        JCudnn.cudnnSetStream(handle, ((JCudaDriverApi.StreamHandle) stream).runtime()),
        "cudnnSetStream");
    return new HandleState(handle);
  }

  @Override
  public void destroy(Handle handle) {
    check(JCudnn.cudnnDestroy(((HandleState) handle).handle), "cudnnDestroy");
  }

  @Override
  public long version() {
    return JCudnn.cudnnGetVersion();
  }

  private static void check(int code, String function) {
    if (code != 0) {
      throw new CudaException(function, code, "cuDNN status " + code, -1);
    }
  }
}
