package io.dendra.tck;

import io.dendra.backend.Backends;
import io.dendra.config.Config;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestInstance;
import org.opentest4j.TestAbortedException;

/** What the suites share: a backend, and ways to run an op on it and on the reference. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class Suite {
  private final TestedBackend backend;

  /** A suite over a backend. */
  protected Suite(TestedBackend backend) {
    this.backend = backend;
  }

  /** The backend. */
  protected final TestedBackend backend() {
    return backend;
  }

  /** Its first device. */
  protected final Device device() {
    return backend.device();
  }

  /** What one test does. */
  @FunctionalInterface
  interface Body {
    void run() throws Exception;
  }

  /** A test that runs with the device as the default, in a scope that is closed at its end. */
  static DynamicTest test(String name, Device device, Body body) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Throwable[] failure = new Throwable[1];
          Backends.use(
              device,
              () -> {
                try (TensorScope scope = TensorScope.open(name)) {
                  body.run();
                } catch (Throwable e) {
                  failure[0] = e;
                }
              });
          if (failure[0] instanceof TestAbortedException) {
            throw failure[0];
          }
          if (failure[0] != null) {
            // Reports of dynamic tests often show numbers only; the message says which one it was.
            throw new AssertionError(name + ": " + failure[0].getMessage(), failure[0]);
          }
        });
  }

  /** Whether to test an op: all, unless a backend in the making begins with some. */
  protected boolean covers(OpSpec spec) {
    return true;
  }

  /** A group of tests for each spec that has some. */
  final Stream<DynamicNode> perSpec(Function<OpSpec, List<DynamicTest>> tests) {
    return OpSpecs.all().stream()
        .filter(this::covers)
        .map(spec -> DynamicContainer.dynamicContainer(spec.name(), tests.apply(spec)));
  }

  /** A test for each sample and type. */
  List<DynamicTest> perSample(OpSpec spec, SampleBody body) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Sample sample : spec.samples()) {
      for (DType dtype : spec.dtypes()) {
        tests.add(test(name(spec, sample, dtype), device(), () -> body.run(sample, dtype)));
      }
    }
    return tests;
  }

  /** What a test does with a sample. */
  @FunctionalInterface
  interface SampleBody {
    void run(Sample sample, DType dtype);
  }

  static String name(OpSpec spec, Sample sample, DType dtype) {
    return spec.name() + ", " + sample.label() + " " + dtype.label() + " " + sample.operands();
  }

  /** The results of a call on a device. */
  static NDArray[] results(OpCall call, NDArray[] operands, Device device) {
    return hosted(() -> call.apply(tensors(operands, device)), device);
  }

  /** Runs with a default device and brings the results to the host. */
  static NDArray[] hosted(Supplier<Tensor[]> body, Device device) {
    NDArray[][] result = new NDArray[1][];
    Backends.use(
        device,
        () ->
            TensorScope.run(
                () -> {
                  Tensor[] out = body.get();
                  result[0] = new NDArray[out.length];
                  for (int i = 0; i < out.length; i++) {
                    result[0][i] = out[i].toNDArray();
                  }
                }));
    return result[0];
  }

  static Tensor[] tensors(NDArray[] operands, Device device) {
    Tensor[] tensors = new Tensor[operands.length];
    for (int i = 0; i < operands.length; i++) {
      tensors[i] = Tensor.of(operands[i], device);
    }
    return tensors;
  }

  /** A number that a system property changes. */
  static int setting(String key, int byDefault) {
    return Config.getInt(key, 1, byDefault);
  }
}
