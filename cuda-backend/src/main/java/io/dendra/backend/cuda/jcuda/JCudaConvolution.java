package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.cuda.driver.Blas;
import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.tensor.DType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/** The descriptors of a convolution. */
final class JCudaConvolution implements Dnn.Convolution {
  final cudnnTensorDescriptor x = new cudnnTensorDescriptor();
  final cudnnFilterDescriptor w = new cudnnFilterDescriptor();
  final cudnnTensorDescriptor y = new cudnnTensorDescriptor();
  final cudnnConvolutionDescriptor how = new cudnnConvolutionDescriptor();

  private final Dnn.ConvolutionShape shape;
  private final Deque<Runnable> created = new ArrayDeque<>();
  private cudnnTensorDescriptor bias;
  private cudnnActivationDescriptor relu;
  private cudnnActivationDescriptor identity;
  private int math;

  private JCudaConvolution(Dnn.ConvolutionShape shape) {
    this.shape = shape;
    this.math = askedMath();
  }

  static JCudaConvolution prepare(Dnn.ConvolutionShape shape) {
    JCudaConvolution convolution = new JCudaConvolution(shape);
    boolean supported = false;
    try {
      supported = convolution.describe();
    } finally {
      if (!supported) {
        convolution.release();
      }
    }
    return supported ? convolution : null;
  }

  private boolean describe() {
    int type = dataType(shape.type());
    create(x);
    create(y);
    check(JCudnn.cudnnCreateFilterDescriptor(w), "cudnnCreateFilterDescriptor");
    created.push(() -> JCudnn.cudnnDestroyFilterDescriptor(w));
    check(JCudnn.cudnnCreateConvolutionDescriptor(how), "cudnnCreateConvolutionDescriptor");
    created.push(() -> JCudnn.cudnnDestroyConvolutionDescriptor(how));
    int format =
        shape.channelsLast()
            ? cudnnTensorFormat.CUDNN_TENSOR_NHWC
            : cudnnTensorFormat.CUDNN_TENSOR_NCHW;
    int accumulated =
        shape.type() == DType.FLOAT64
            ? cudnnDataType.CUDNN_DATA_DOUBLE
            : cudnnDataType.CUDNN_DATA_FLOAT;
    boolean supported =
        setTensor(x, type, shape.x())
            && setTensor(y, type, shape.y())
            && supported(
                JCudnn.cudnnSetFilterNdDescriptor(w, type, format, shape.w().length, shape.w()),
                "cudnnSetFilterNdDescriptor")
            && supported(
                JCudnn.cudnnSetConvolutionNdDescriptor(
                    how,
                    shape.padding().length,
                    shape.padding(),
                    shape.strides(),
                    shape.dilation(),
                    cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                    accumulated),
                "cudnnSetConvolutionNdDescriptor");
    if (supported) {
      check(
          JCudnn.cudnnSetConvolutionGroupCount(how, shape.groups()),
          "cudnnSetConvolutionGroupCount");
      check(JCudnn.cudnnSetConvolutionMathType(how, math), "cudnnSetConvolutionMathType");
    }
    return supported;
  }

  private void create(cudnnTensorDescriptor tensor) {
    check(JCudnn.cudnnCreateTensorDescriptor(tensor), "cudnnCreateTensorDescriptor");
    created.push(() -> JCudnn.cudnnDestroyTensorDescriptor(tensor));
  }

  private boolean setTensor(cudnnTensorDescriptor tensor, int type, int[] dims) {
    int[] strides = strides(dims);
    return supported(
        JCudnn.cudnnSetTensorNdDescriptor(tensor, type, dims.length, dims, strides),
        "cudnnSetTensorNdDescriptor");
  }

  private int[] strides(int[] dims) {
    int[] strides = new int[dims.length];
    int step = 1;
    if (shape.channelsLast()) {
      strides[1] = 1;
      step = dims[1];
    }
    for (int i = dims.length - 1; i >= 0; i--) {
      if (i != 1 || !shape.channelsLast()) {
        strides[i] = step;
        step *= dims[i];
      }
    }
    return strides;
  }

  /** Frees what was created, in reverse. */
  void release() {
    while (!created.isEmpty()) {
      created.pop().run();
    }
  }

  DType type() {
    return shape.type();
  }

  /** The arithmetic to ask for: without TF32 where float32 is to be exact. */
  int askedMath() {
    return switch (shape.type()) {
      case FLOAT16, BFLOAT16 -> cudnnMathType.CUDNN_TENSOR_OP_MATH;
      case FLOAT32 ->
          shape.precision() == Blas.Precision.FLOAT32
              ? cudnnMathType.CUDNN_FMA_MATH
              : cudnnMathType.CUDNN_DEFAULT_MATH;
      case FLOAT64, INT32, INT64, BOOL -> cudnnMathType.CUDNN_DEFAULT_MATH;
    };
  }

  /**
   * What an algorithm was found to work with, unless that may round float32: then what was asked
   * for.
   */
  int allowedMath(int found) {
    return askedMath() == cudnnMathType.CUDNN_FMA_MATH ? cudnnMathType.CUDNN_FMA_MATH : found;
  }

  void useMath(int wanted) {
    if (wanted != math) {
      check(JCudnn.cudnnSetConvolutionMathType(how, wanted), "cudnnSetConvolutionMathType");
      math = wanted;
    }
  }

  boolean run(
      JCudaDnn.HandleState handle,
      Dnn.Direction direction,
      Dnn.Algorithm algorithm,
      long xAt,
      long wAt,
      long yAt,
      long workspace,
      boolean add) {
    useMath(algorithm.math());
    Pointer one = handle.one(type());
    Pointer beta = add ? one : handle.zero(type());
    Pointer input = Pointers.device(xAt);
    Pointer filter = Pointers.device(wAt);
    Pointer output = Pointers.device(yAt);
    Pointer scratch = Pointers.device(workspace);
    int number = algorithm.number();
    long bytes = algorithm.workspace();
    int code =
        switch (direction) {
          case FORWARD ->
              JCudnn.cudnnConvolutionForward(
                  handle.handle(),
                  one,
                  x,
                  input,
                  w,
                  filter,
                  how,
                  number,
                  scratch,
                  bytes,
                  beta,
                  y,
                  output);
          case INPUT_GRADIENT ->
              JCudnn.cudnnConvolutionBackwardData(
                  handle.handle(),
                  one,
                  w,
                  filter,
                  y,
                  output,
                  how,
                  number,
                  scratch,
                  bytes,
                  beta,
                  x,
                  input);
          case FILTER_GRADIENT ->
              JCudnn.cudnnConvolutionBackwardFilter(
                  handle.handle(),
                  one,
                  x,
                  input,
                  y,
                  output,
                  how,
                  number,
                  scratch,
                  bytes,
                  beta,
                  w,
                  filter);
        };
    return DnnStatus.isSupported(code, function(direction), handle.device());
  }

  private static String function(Dnn.Direction direction) {
    return switch (direction) {
      case FORWARD -> "cudnnConvolutionForward";
      case INPUT_GRADIENT -> "cudnnConvolutionBackwardData";
      case FILTER_GRADIENT -> "cudnnConvolutionBackwardFilter";
    };
  }

  boolean runWithBias(
      JCudaDnn.HandleState handle,
      Dnn.Algorithm algorithm,
      long xAt,
      long wAt,
      long biasAt,
      boolean rectified,
      long yAt,
      long workspace) {
    useMath(algorithm.math());
    describeBias();
    Pointer output = Pointers.device(yAt);
    int code =
        JCudnn.cudnnConvolutionBiasActivationForward(
            handle.handle(),
            handle.one(type()),
            x,
            Pointers.device(xAt),
            w,
            Pointers.device(wAt),
            how,
            algorithm.number(),
            Pointers.device(workspace),
            algorithm.workspace(),
            handle.zero(type()),
            y,
            output,
            bias,
            Pointers.device(biasAt),
            rectified ? relu : identity,
            y,
            output);
    return DnnStatus.isSupported(code, "cudnnConvolutionBiasActivationForward", handle.device());
  }

  private void describeBias() {
    if (bias != null) {
      return;
    }
    cudnnTensorDescriptor tensor = new cudnnTensorDescriptor();
    create(tensor);
    int[] dims = new int[shape.y().length];
    Arrays.fill(dims, 1);
    dims[1] = shape.y()[1];
    check(
        JCudnn.cudnnSetTensorNdDescriptor(
            tensor, dataType(shape.type()), dims.length, dims, strides(dims)),
        "cudnnSetTensorNdDescriptor");
    relu = activation(cudnnActivationMode.CUDNN_ACTIVATION_RELU);
    identity = activation(cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY);
    bias = tensor;
  }

  private cudnnActivationDescriptor activation(int mode) {
    cudnnActivationDescriptor activation = new cudnnActivationDescriptor();
    check(JCudnn.cudnnCreateActivationDescriptor(activation), "cudnnCreateActivationDescriptor");
    created.push(() -> JCudnn.cudnnDestroyActivationDescriptor(activation));
    check(
        JCudnn.cudnnSetActivationDescriptor(
            activation, mode, cudnnNanPropagation.CUDNN_PROPAGATE_NAN, 0),
        "cudnnSetActivationDescriptor");
    return activation;
  }

  private static int dataType(DType type) {
    return switch (type) {
      case FLOAT32 -> cudnnDataType.CUDNN_DATA_FLOAT;
      case FLOAT64 -> cudnnDataType.CUDNN_DATA_DOUBLE;
      case FLOAT16 -> cudnnDataType.CUDNN_DATA_HALF;
      case BFLOAT16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
      case INT32, INT64, BOOL ->
          throw new IllegalArgumentException("cuDNN does not convolve " + type.label());
    };
  }

  private static void check(int code, String function) {
    DnnStatus.check(code, function, -1);
  }

  private static boolean supported(int code, String function) {
    return DnnStatus.isSupported(code, function, -1);
  }
}
