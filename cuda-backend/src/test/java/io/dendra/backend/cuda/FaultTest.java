package io.dendra.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dendra.backend.BackendException;
import io.dendra.backend.Backends;
import io.dendra.backend.DeviceLostException;
import io.dendra.backend.OutOfDeviceMemoryException;
import io.dendra.backend.cuda.driver.CudaException;
import io.dendra.cuda.emulator.EmulatorControl;
import io.dendra.cuda.emulator.Fault;
import io.dendra.data.Dataset;
import io.dendra.models.Sequential;
import io.dendra.nn.layers.Conv2D;
import io.dendra.nn.layers.Dense;
import io.dendra.nn.layers.Flatten;
import io.dendra.nn.losses.Losses;
import io.dendra.nn.optimizers.SGD;
import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.training.History;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What happens when calls into CUDA fail: an exception that names function, code and device, no
 * leak, and a device that goes on or is lost for good.
 */
@EnabledIf(
    value = "io.dendra.backend.cuda.EmulatedCuda#isEmulated",
    disabledReason = "faults can be injected into the CUDA emulator only")
class FaultTest {
  private static final int SAMPLES = 24;
  private static final int BATCH = 4;
  private static final int INVALID_VALUE = 1;
  private static final int OUT_OF_MEMORY = 2;
  private static final int NO_BINARY_FOR_GPU = 209;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int LAUNCH_FAILED = 719;

  private static EmulatorControl control;

  @BeforeAll
  static void start() {
    EmulatedCuda.provider();
    control = EmulatedCuda.control();
  }

  @AfterEach
  void clear() {
    control.clearFaults();
  }

  /** A call into CUDA, and the code it is to fail with; none of these makes the device unusable. */
  record Call(String symbol, String function, int code) {
    static Call driver(String symbol, String function) {
      return new Call(symbol, function, INVALID_VALUE);
    }
  }

  static Stream<Call> calls() {
    return Stream.of(
        Call.driver("cuMemcpyHtoDAsync_v2", "cuMemcpyHtoDAsync"),
        Call.driver("cuMemcpyDtoHAsync_v2", "cuMemcpyDtoHAsync"),
        Call.driver("cuMemsetD8Async", "cuMemsetD8Async"),
        Call.driver("cuLaunchKernel", "cuLaunchKernel"),
        Call.driver("cuEventRecord", "cuEventRecord"),
        Call.driver("cuEventSynchronize", "cuEventSynchronize"),
        Call.driver("cuGraphLaunch", "cuGraphLaunch"),
        new Call("cublasGemm*", "cublasGemm", 13),
        new Call("cudnnConvolution*", "cudnnConvolution", 8));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void trainingEndsWithTheCauseAndTheDeviceGoesOn(Call call) {
    Device device = Device.of("cuda:1");
    List<Double> undisturbed = train(device);
    long live = Backends.open(device).memory().stats().live();
    long allocations = control.allocations(1);
    long injected = control.injectedFaults();

    control.inject(Fault.of(call.symbol, call.code).skip(1).device(1));
    Throwable failure = catchThrowable(() -> train(device));

    assertThat(control.injectedFaults()).isGreaterThan(injected);
    assertThat(failure)
        .isInstanceOf(RuntimeException.class)
        .hasStackTraceContaining(call.function)
        .hasStackTraceContaining("cuda:1")
        .hasStackTraceContaining("code " + call.code);
    control.clearFaults();
    assertThat(Backends.open(device).memory().stats().live()).isEqualTo(live);
    assertThat(train(device)).as("the same again").isEqualTo(undisturbed);
    assertThat(control.allocations(1)).as("allocations").isLessThanOrEqualTo(allocations + 2);
  }

  static Stream<Call> captureCalls() {
    return Stream.of(
        Call.driver("cuStreamBeginCapture_v2", "cuStreamBeginCapture"),
        Call.driver("cuStreamEndCapture", "cuStreamEndCapture"),
        Call.driver("cuGraphInstantiate*", "cuGraphInstantiate"));
  }

  @ParameterizedTest
  @MethodSource("captureCalls")
  void trainingThatCannotBeCapturedGoesOnAsItIs(Call call) {
    Device device = Device.of("cuda:1");
    List<Double> undisturbed = train(device);
    long live = Backends.open(device).memory().stats().live();
    long injected = control.injectedFaults();

    control.inject(Fault.of(call.symbol, call.code).device(1));
    List<Double> losses = train(device);

    assertThat(control.injectedFaults()).isEqualTo(injected + 1);
    assertThat(losses).isEqualTo(undisturbed);
    assertThat(Backends.open(device).memory().stats().live()).isEqualTo(live);
  }

  @Test
  void shortageOfMemoryIsOvercomeOrReported() {
    Device device = Device.of("cuda:1");
    List<Double> undisturbed = train(device);
    Backends.open(device).memory().trim();
    control.inject(Fault.of("cuMemAlloc_v2", OUT_OF_MEMORY).device(1));
    assertThat(train(device)).as("one shortage").isEqualTo(undisturbed);

    Backends.open(device).memory().trim();
    control.inject(Fault.of("cuMemAlloc_v2", OUT_OF_MEMORY).times(1000).device(1));
    assertThatThrownBy(() -> train(device))
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageContaining("cuda:1 is out of memory")
        .hasMessageContaining("largest live tensors");
    control.clearFaults();
    assertThat(train(device)).as("afterwards").isEqualTo(undisturbed);
  }

  @Test
  void moreThanTheDeviceHasIsReportedWithWhatItHolds() {
    Device device = Device.of("cuda:1");
    try (TensorScope scope = TensorScope.open("test")) {
      Tensor held = Tensor.of(NDArray.of(new float[1000], 1000), device);
      assertThatThrownBy(() -> Tensor.full(Shape.of(1L << 40), 0, held.dtype(), device))
          .isInstanceOf(OutOfDeviceMemoryException.class)
          .hasMessageContaining("cuda:1 is out of memory: full asked for 4194304.0 MiB")
          .hasMessageContaining("from host in test");
      assertThat(held.add(1).sum().item()).isEqualTo(1000);
    }
  }

  @Test
  void aKernelThatDoesNotCompileSaysSo() {
    Device device = Device.of("cuda:1");
    control.inject(Fault.of("nvrtcCompileProgram", 5));
    CudaDevice cuda = ((CudaBackend) new CudaProvider().open(1)).cuda();
    assertThatThrownBy(
            () ->
                cuda.kernel(
                    KernelSource.of("unary", "T=float", "OP=" + System.nanoTime()), "dense"))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("nvrtcCompileProgram failed");
    assertThatThrownBy(
            () -> cuda.kernel(KernelSource.of("unary", "T=float", "OP=NO_SUCH_OP"), "dense"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("unary.cu")
        .hasMessageContaining("NO_SUCH_OP");
    assertThat(train(device)).isNotEmpty();
    cuda.close();
  }

  @Test
  void aModuleThatDoesNotLoadSaysSo() {
    EmulatedCuda.provider();
    CudaDevice cuda = ((CudaBackend) new CudaProvider().open(1)).cuda();
    KernelSource source = KernelSource.of("unary", "T=double", "OP=TAN");
    // Neither the kernel that is kept nor the one that is compiled then.
    control.inject(Fault.of("cuModuleLoadData", NO_BINARY_FOR_GPU).times(2).device(1));
    assertThatThrownBy(() -> cuda.kernel(source, "dense"))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuModuleLoadData failed on cuda:1 with code " + NO_BINARY_FOR_GPU);
    control.clearFaults();
    assertThat(cuda.kernel(source, "dense").name()).isEqualTo("dense");
    cuda.close();
  }

  @Test
  void waitingForAllWorkThatFailsSaysSo() {
    Device device = Device.of("cuda:1");
    train(device);
    control.inject(Fault.of("cuStreamSynchronize", INVALID_VALUE).device(1));
    assertThatThrownBy(() -> Backends.open(device).backend().synchronize())
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cuStreamSynchronize failed on cuda:1 with code 1");
    Backends.open(device).backend().synchronize();
  }

  @Test
  void aCopyBetweenDevicesThatFailsNamesBoth() {
    try (TensorScope scope = TensorScope.open("test")) {
      Tensor there = Tensor.of(NDArray.of(new float[] {1, 2, 3}, 3), Device.of("cuda"));
      control.inject(Fault.of("cuMemcpyPeerAsync", INVALID_VALUE));
      assertThatThrownBy(() -> there.to(Device.of("cuda:1")))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuMemcpyPeerAsync failed on cuda:1 with code 1");
      assertThat(there.to(Device.of("cuda:1")).toNDArray().floats()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aDeviceThatFailsFatallyIsLostAndOthersGoOn() {
    Device lost = Device.of("cuda:3");
    Device other = Device.of("cuda:1");
    List<Double> undisturbed = train(other);
    train(lost);

    control.inject(Fault.of("kernel:*", LAUNCH_FAILED).skip(20).device(3));
    assertThatThrownBy(() -> train(lost))
        .isInstanceOf(BackendException.class)
        .hasStackTraceContaining("code " + LAUNCH_FAILED)
        .hasStackTraceContaining("cuda:3");
    assertThatThrownBy(() -> train(lost))
        .isInstanceOf(DeviceLostException.class)
        .hasMessageContaining("cuda:3 is lost")
        .hasMessageContaining("code " + LAUNCH_FAILED);
    assertThat(train(other)).isEqualTo(undisturbed);
    assertThat(Backends.open(lost).memory().stats().live()).isZero();
    Backends.open(lost).memory().trim();
  }

  @Test
  void waitingForADeviceThatDiedTellsWhy() {
    Device lost = Device.of("cuda:2");
    train(lost);
    try (TensorScope scope = TensorScope.open("test")) {
      Tensor x = Tensor.of(NDArray.of(new float[] {1, 2, 3}, 3), lost);
      control.inject(Fault.of("cuEventSynchronize", ILLEGAL_ADDRESS).device(2));
      assertThatThrownBy(() -> x.add(1).toNDArray())
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("cuEventSynchronize failed on cuda:2 with code 700");
      assertThatThrownBy(() -> x.add(1)).isInstanceOf(DeviceLostException.class);
    }
  }

  /** A convolutional network for six steps, captured after two, and the losses. */
  private static List<Double> train(Device device) {
    RandomStream random = new RandomStream(RandomKey.of(7));
    float[] pixels = new float[SAMPLES * 36];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextDouble();
    }
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i] = i % 3;
    }
    try (Sequential model =
        Sequential.of(new Conv2D(2, 3, "relu"), new Flatten(), new Dense(3, "softmax"))) {
      model.seed(1).to(device);
      model.compile(new SGD(0.1).momentum(0.9), Losses.of("sparse_categorical_crossentropy"));
      History history =
          model.fit(
              Dataset.of(NDArray.of(pixels, SAMPLES, 6, 6, 1), NDArray.of(labels, SAMPLES)),
              o -> o.epochs(1).batchSize(BATCH));
      return history.batchLosses();
    }
  }
}
