package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.dendra.backend.Backend;
import io.dendra.backend.Backends;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** The kit finds what is wrong: each suite fails on a backend with one fault made for it. */
class MutationTest {
  /** Does a call, rightly or not. */
  @FunctionalInterface
  private interface Fault {
    Object call(Backend backend, Method method, Object[] arguments) throws Throwable;
  }

  private static TestedBackend faulty(String name, Fault fault) {
    return TestedBackend.of(
        name,
        Backends.provider("reference"),
        backend ->
            new AssertingBackend(
                (Backend)
                    Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (proxy, method, arguments) -> {
                          try {
                            return fault.call(backend, method, arguments);
                          } catch (InvocationTargetException e) {
                            throw e.getCause();
                          }
                        })));
  }

  private static Object rightly(Backend backend, Method method, Object[] arguments)
      throws Throwable {
    return method.invoke(backend, arguments);
  }

  /** Adds a little to the first element of a view. */
  private static void nudge(Backend backend, View view, double by) {
    if (view.layout().size() == 0) {
      return;
    }
    Layout first = Layout.of(Shape.of(1), new long[] {1}, view.layout().offset());
    backend.binaryScalar(BinaryOp.ADD, view.with(first), by, false, view.with(first));
  }

  static final TestedBackend WRONG_VALUE =
      faulty(
          "wrong-value",
          (backend, method, arguments) -> {
            Object result = rightly(backend, method, arguments);
            if (arguments != null && arguments[0] == UnaryOp.SOFTPLUS) {
              nudge(backend, (View) arguments[2], 1e-4);
            }
            return result;
          });

  static final TestedBackend IGNORES_STRIDES =
      faulty(
          "ignores-strides",
          (backend, method, arguments) -> {
            if (method.getName().equals("reduce") && arguments[0] == ReduceOp.SUM) {
              View in = (View) arguments[1];
              long offset = in.layout().offset();
              Layout dense = Layout.contiguous(in.shape());
              arguments[1] = in.with(Layout.of(in.shape(), dense.strides(), offset));
            }
            return rightly(backend, method, arguments);
          });

  static final TestedBackend WRONG_GRADIENT =
      faulty(
          "wrong-gradient",
          (backend, method, arguments) -> {
            Object result = rightly(backend, method, arguments);
            if (method.getName().equals("convFilterGrad")) {
              nudge(backend, (View) arguments[3], 1e-3);
            }
            return result;
          });

  static final TestedBackend WRONG_BITS =
      faulty(
          "wrong-bits",
          (backend, method, arguments) -> {
            if (arguments != null && arguments[0] == RandomOp.UNIFORM) {
              arguments[2] = (Long) arguments[2] + 1;
            }
            return rightly(backend, method, arguments);
          });

  private static final AtomicInteger CALLS = new AtomicInteger();

  static final TestedBackend UNSTEADY =
      faulty(
          "unsteady",
          (backend, method, arguments) -> {
            Object result = rightly(backend, method, arguments);
            if (method.getName().equals("matmul")) {
              View out = (View) arguments[2];
              boolean nudged = out.dtype().isFloating() && CALLS.incrementAndGet() % 5 == 0;
              nudge(backend, out, nudged ? 1e-6 : 0);
            }
            return result;
          });

  /** Adds up two halves of a product of 16-bit floats that were rounded to 16 bits. */
  static final TestedBackend NARROW_SUMS =
      faulty(
          "narrow-sums",
          (backend, method, arguments) -> {
            boolean narrow =
                method.getName().equals("reduce")
                    && arguments[0] == ReduceOp.SUM
                    && ((View) arguments[1]).dtype().isHalf();
            if (narrow && ((int[]) arguments[2]).length == 1) {
              sumInSteps(backend, (View) arguments[1], ((int[]) arguments[2])[0], arguments);
              return null;
            }
            return rightly(backend, method, arguments);
          });

  private static void sumInSteps(Backend backend, View in, int axis, Object[] arguments) {
    View out = (View) arguments[3];
    backend.fill(out, 0);
    View step = new View(backend.allocate(out.buffer().byteSize()), out.dtype(), out.layout());
    for (long at = 0; at < in.shape().dim(axis); at++) {
      View slice = in.with(in.layout().slice(axis, at, 1, 1));
      backend.binary(BinaryOp.ADD, slice, out, step);
      backend.copy(step, out);
    }
    backend.free(step.buffer());
  }

  static final TestedBackend LEAVES_PART =
      faulty(
          "leaves-part",
          (backend, method, arguments) -> {
            if (method.getName().equals("convInputGrad")) {
              View out = (View) arguments[3];
              View part = out.with(out.layout().slice(0, 0, out.shape().dim(0) / 2, 1));
              return part.layout().size() == 0 ? null : rightly(backend, method, arguments);
            }
            return rightly(backend, method, arguments);
          });

  static final TestedBackend OTHER_WORDS =
      faulty(
          "other-words",
          (backend, method, arguments) -> {
            try {
              return rightly(backend, method, arguments);
            } catch (InvocationTargetException e) {
              if (e.getCause() instanceof IndexOutOfBoundsException) {
                throw new IndexOutOfBoundsException("bad index");
              }
              throw e;
            }
          });

  static final TestedBackend WRONG_KERNEL =
      faulty(
          "wrong-kernel",
          (backend, method, arguments) ->
              method.getName().equals("fused") && arguments[0] instanceof FusedOp.Gelu
                  ? (FusedKernel) (in, out) -> backend.unary(UnaryOp.RELU, in[0], out[0])
                  : rightly(backend, method, arguments));

  static final TestedBackend WRONG_STEP =
      faulty(
          "wrong-step",
          (backend, method, arguments) ->
              method.getName().equals("fused") && arguments[0] instanceof FusedOp.SgdStep
                  ? (FusedKernel)
                      (in, out) -> backend.binaryScalar(BinaryOp.MUL, in[0], 0.9, false, out[0])
                  : rightly(backend, method, arguments));

  static final TestedBackend WRITES_TOO_FAR =
      faulty(
          "writes-too-far",
          (backend, method, arguments) -> {
            Object result = rightly(backend, method, arguments);
            if (method.getName().equals("where")) {
              View out = (View) arguments[3];
              long behind = out.layout().offset() + out.layout().size();
              if ((behind + 1) * out.dtype().byteSize() <= out.buffer().byteSize()) {
                backend.fill(
                    new View(
                        out.buffer(), out.dtype(), Layout.of(Shape.of(1), new long[] {1}, behind)),
                    out.dtype() == DType.BOOL ? 1 : 5);
              }
            }
            return result;
          });

  /** Every third copy from another device is off by a little. */
  static final TestedBackend WRONG_TRANSFER =
      faulty(
          "wrong-transfer",
          (backend, method, arguments) -> {
            Object result = rightly(backend, method, arguments);
            if (method.getName().equals("copyFrom")) {
              View out = (View) arguments[2];
              boolean nudged = out.dtype().isFloating() && CALLS.incrementAndGet() % 3 == 0;
              nudge(backend, out, nudged ? 1e-2 : 0);
            }
            return result;
          });

  static class Transfers extends TransferSuite {
    Transfers() {
      super(WRONG_TRANSFER);
    }
  }

  static class DataParallel extends DataParallelSuite {
    DataParallel() {
      super(WRONG_TRANSFER);
    }
  }

  static class Values extends ValueSuite {
    Values() {
      super(WRONG_VALUE);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("softplus", "sigmoid").contains(spec.name());
    }
  }

  static class Layouts extends LayoutSuite {
    Layouts() {
      super(IGNORES_STRIDES);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("sum", "exp", "softmax").contains(spec.name());
    }
  }

  static class Gradients extends GradientSuite {
    Gradients() {
      super(WRONG_GRADIENT);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("conv", "gelu").contains(spec.name());
    }
  }

  static class Adjoints extends AdjointSuite {
    Adjoints() {
      super(WRONG_GRADIENT);
    }
  }

  static class Golden extends GoldenSuite {
    Golden() {
      super(WRONG_GRADIENT);
    }
  }

  static class Training extends TrainingSuite {
    Training() {
      super(WRONG_GRADIENT);
    }
  }

  static class Bits extends RandomSuite {
    Bits() {
      super(WRONG_BITS);
    }
  }

  static class Steady extends DeterminismSuite {
    Steady() {
      super(UNSTEADY);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("matmul").contains(spec.name());
    }
  }

  static class Halves extends HalfSuite {
    Halves() {
      super(NARROW_SUMS);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("sum").contains(spec.name());
    }
  }

  static class Threads extends ThreadSuite {
    Threads() {
      super(UNSTEADY);
    }
  }

  static class Graphs extends FuzzSuite {
    Graphs() {
      super(IGNORES_STRIDES);
    }
  }

  static class Unwritten extends AdjointSuite {
    Unwritten() {
      super(LEAVES_PART);
    }
  }

  static class Errors extends ErrorSuite {
    Errors() {
      super(OTHER_WORDS);
    }
  }

  static class Fused extends FusedSuite {
    Fused() {
      super(WRONG_KERNEL);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("gelu", "softmax").contains(spec.name());
    }
  }

  static class Steps extends StepSuite {
    Steps() {
      super(WRONG_STEP);
    }
  }

  static class Stray extends ValueSuite {
    Stray() {
      super(WRITES_TOO_FAR);
    }

    @Override
    protected boolean covers(OpSpec spec) {
      return Set.of("where", "clip").contains(spec.name());
    }
  }

  /** What fails of a suite, by the group it is in. */
  private static Set<String> failures(Class<? extends Suite> suite) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(suite)).build();
    Set<String> failed = new TreeSet<>();
    LauncherConfig quiet =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherFactory.create(quiet)
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                  failed.add(result.getThrowable().map(Throwable::getMessage).orElse("?"));
                }
              }
            });
    return failed;
  }

  private static void assertOnly(Class<? extends Suite> suite, String what) {
    Set<String> failures = failures(suite);
    assertThat(failures).isNotEmpty().allMatch(message -> message.contains(what));
  }

  @Test
  void aWrongValueIsFound() {
    assertOnly(Values.class, "softplus");
  }

  @Test
  void ignoredStridesAreFound() {
    assertThat(failures(Layouts.class)).anyMatch(message -> message.contains("operands SLICED"));
    assertThat(failures(Graphs.class)).anyMatch(message -> message.contains("-Ddendra.tck.fuzz"));
  }

  @Test
  void aWrongGradientIsFound() {
    assertOnly(Gradients.class, "conv");
    assertOnly(Adjoints.class, "conv by filter");
    assertOnly(Golden.class, "conv");
    assertOnly(Training.class, "losses");
  }

  @Test
  void otherRandomNumbersAreFound() {
    assertThat(failures(Bits.class)).isNotEmpty();
  }

  @Test
  void unsteadyResultsAreFound() {
    assertThat(failures(Steady.class)).anyMatch(message -> message.contains("matmul"));
    assertThat(failures(Threads.class)).isNotEmpty();
  }

  @Test
  void sumsIn16BitsAreFound() {
    assertOnly(Halves.class, "sum");
  }

  @Test
  void whatAKernelLeavesUnwrittenIsFound() {
    assertOnly(Unwritten.class, "conv by input");
  }

  @Test
  void otherWordsAreFound() {
    assertOnly(Errors.class, "bad index");
  }

  @Test
  void wrongFusedKernelsAreFound() {
    assertOnly(Fused.class, "gelu");
    assertOnly(Steps.class, "sgd");
  }

  @Test
  void wrongTransfersAreFound() {
    assertThat(failures(Transfers.class)).anyMatch(message -> message.contains("second device"));
    assertThat(failures(DataParallel.class))
        .anyMatch(message -> message.contains("sums over 2 devices"))
        .anyMatch(message -> message.contains("DENSE with SGD on 2"))
        .anyMatch(message -> message.contains("the same bits in each replica"));
  }

  @Test
  void strayWritesAreFound() {
    assertOnly(Stray.class, "belongs to no output");
  }
}
