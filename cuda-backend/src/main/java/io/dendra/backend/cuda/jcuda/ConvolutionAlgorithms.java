package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.backend.cuda.library.CudnnStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnHandle;

/** The algorithms of one convolution, the best first. */
final class ConvolutionAlgorithms {
  /** More than there are, as an algorithm is listed once for each kind of arithmetic. */
  private static final int MOST = 32;

  private final JCudaDnn.HandleState state;
  private final JCudaConvolution of;
  private final List<Dnn.Algorithm> found = new ArrayList<>();

  ConvolutionAlgorithms(JCudaDnn.HandleState state, JCudaConvolution convolution) {
    this.state = state;
    this.of = convolution;
  }

  List<Dnn.Algorithm> of(Dnn.Direction direction, boolean measured) {
    of.useMath(of.askedMath());
    switch (direction) {
      case FORWARD -> forward(measured);
      case INPUT_GRADIENT -> inputGradient(measured);
      case FILTER_GRADIENT -> filterGradient(measured);
    }
    return found;
  }

  private void forward(boolean measured) {
    cudnnHandle handle = state.handle();
    cudnnConvolutionFwdAlgoPerf[] list =
        fill(cudnnConvolutionFwdAlgoPerf::new).toArray(cudnnConvolutionFwdAlgoPerf[]::new);
    int[] count = {0};
    int code =
        measured
            ? JCudnn.cudnnFindConvolutionForwardAlgorithm(
                handle, of.x, of.w, of.how, of.y, MOST, count, list)
            : JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(
                handle, of.x, of.w, of.how, of.y, MOST, count, list);
    if (listed(code, "cudnnGetConvolutionForwardAlgorithm_v7")) {
      for (int i = 0; i < count[0]; i++) {
        add(
            Dnn.Direction.FORWARD,
            list[i].status,
            list[i].algo,
            list[i].mathType,
            list[i].determinism);
      }
    }
  }

  private void inputGradient(boolean measured) {
    cudnnHandle handle = state.handle();
    cudnnConvolutionBwdDataAlgoPerf[] list =
        fill(cudnnConvolutionBwdDataAlgoPerf::new).toArray(cudnnConvolutionBwdDataAlgoPerf[]::new);
    int[] count = {0};
    int code =
        measured
            ? JCudnn.cudnnFindConvolutionBackwardDataAlgorithm(
                handle, of.w, of.y, of.how, of.x, MOST, count, list)
            : JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(
                handle, of.w, of.y, of.how, of.x, MOST, count, list);
    if (listed(code, "cudnnGetConvolutionBackwardDataAlgorithm_v7")) {
      for (int i = 0; i < count[0]; i++) {
        add(
            Dnn.Direction.INPUT_GRADIENT,
            list[i].status,
            list[i].algo,
            list[i].mathType,
            list[i].determinism);
      }
    }
  }

  private void filterGradient(boolean measured) {
    cudnnHandle handle = state.handle();
    cudnnConvolutionBwdFilterAlgoPerf[] list =
        fill(cudnnConvolutionBwdFilterAlgoPerf::new)
            .toArray(cudnnConvolutionBwdFilterAlgoPerf[]::new);
    int[] count = {0};
    int code =
        measured
            ? JCudnn.cudnnFindConvolutionBackwardFilterAlgorithm(
                handle, of.x, of.y, of.how, of.w, MOST, count, list)
            : JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                handle, of.x, of.y, of.how, of.w, MOST, count, list);
    if (listed(code, "cudnnGetConvolutionBackwardFilterAlgorithm_v7")) {
      for (int i = 0; i < count[0]; i++) {
        add(
            Dnn.Direction.FILTER_GRADIENT,
            list[i].status,
            list[i].algo,
            list[i].mathType,
            list[i].determinism);
      }
    }
  }

  private static <T> Stream<T> fill(Supplier<T> entry) {
    return Stream.generate(entry).limit(MOST);
  }

  private boolean listed(int code, String function) {
    return DnnStatus.isSupported(code, function, state.device());
  }

  private void add(Dnn.Direction direction, int status, int algorithm, int math, int determinism) {
    if (CudnnStatus.of(status) != CudnnStatus.SUCCESS) {
      return;
    }
    int allowed = of.allowedMath(math);
    if (found.stream().anyMatch(a -> a.number() == algorithm && a.math() == allowed)) {
      return;
    }
    of.useMath(allowed);
    long[] bytes = {0};
    cudnnHandle handle = state.handle();
    int code =
        switch (direction) {
          case FORWARD ->
              JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                  handle, of.x, of.w, of.how, of.y, algorithm, bytes);
          case INPUT_GRADIENT ->
              JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                  handle, of.w, of.y, of.how, of.x, algorithm, bytes);
          case FILTER_GRADIENT ->
              JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                  handle, of.x, of.y, of.how, of.w, algorithm, bytes);
        };
    if (code == 0) {
      boolean deterministic = determinism == cudnnDeterminism.CUDNN_DETERMINISTIC;
      found.add(new Dnn.Algorithm(algorithm, allowed, deterministic, bytes[0]));
    }
  }
}
