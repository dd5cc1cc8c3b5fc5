package io.dendra.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.autograd.Autograd;
import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.Backends;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.CompareOp;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The gate: whatever a backend has to provide is reached by a spec, in both passes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CoverageTest {
  /** Called by the memory of tensors and at their end, not by ops; the memory suite is theirs. */
  private static final Set<String> LIFE_CYCLE = Set.of("device", "synchronize", "free", "close");

  private final Set<String> reached = new ConcurrentSkipListSet<>();
  private final TestedBackend recorded =
      TestedBackend.of("recorded", Backends.provider("reference"), this::recording);

  private Backend recording(Backend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              reached.add(method.getName());
              if (arguments != null) {
                Arrays.stream(arguments).forEach(this::note);
              }
              try {
                return method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void note(Object argument) {
    if (argument instanceof Enum<?> constant) {
      reached.add(constant.getDeclaringClass().getSimpleName() + "." + constant);
    }
    if (argument instanceof FusedOp op) {
      reached.add(op.getClass().getName());
      for (RecordComponent component : op.getClass().getRecordComponents()) {
        if (component.getType() == Epilogue.class) {
          reached.add(op.getClass().getName() + epilogue(op));
        }
      }
    }
  }

  private static Epilogue epilogue(FusedOp op) {
    return op instanceof FusedOp.Linear linear
        ? linear.epilogue()
        : ((FusedOp.ConvBias) op).epilogue();
  }

  @BeforeAll
  void runAllSpecs() throws Throwable {
    for (OpSpec spec : OpSpecs.all()) {
      for (Sample sample : spec.samples()) {
        for (DType dtype : spec.dtypes()) {
          run(spec, sample, dtype);
        }
      }
    }
    new TransferSuite(recorded) {}.betweenDevices().forEach(CoverageTest::execute);
    new CaptureSuite(recorded) {}.captures().forEach(CoverageTest::execute);
    new StepSuite(recorded) {}.steps().forEach(CoverageTest::execute);
    new RandomSuite(recorded) {}.distributions().forEach(CoverageTest::execute);
    new RandomSuite(recorded) {}.streams().limit(1).forEach(CoverageTest::execute);
  }

  private static void execute(org.junit.jupiter.api.DynamicTest test) {
    try {
      test.getExecutable().execute();
    } catch (Throwable e) {
      throw new AssertionError(test.getDisplayName(), e);
    }
  }

  private void run(OpSpec spec, Sample sample, DType dtype) {
    NDArray[] operands = sample.draw(dtype);
    Suite.hosted(
        () -> {
          Tensor[] in = Suite.tensors(operands, recorded.device());
          List<Tensor> inputs = new ArrayList<>();
          if (spec.isDifferentiable()) {
            sample.tracked(dtype).forEach(i -> inputs.add(in[i].requiresGrad()));
          }
          Tensor[] out = sample.call().apply(in);
          if (out[0].isTracked()) {
            Autograd.grad(out[0].sum(), inputs, o -> o.allowUnused());
          }
          return out;
        },
        recorded.device());
  }

  @Test
  void everyMethodOfTheInterfaceIsReached() {
    Set<String> methods = new TreeSet<>();
    for (Method method : Backend.class.getDeclaredMethods()) {
      if (!method.isSynthetic()) {
        methods.add(method.getName());
      }
    }
    methods.removeAll(LIFE_CYCLE);
    assertThat(reached).containsAll(methods);
  }

  @Test
  void everyConstantIsReached() {
    List<String> constants = new ArrayList<>();
    for (Enum<?>[] values :
        List.<Enum<?>[]>of(
            UnaryOp.values(),
            BinaryOp.values(),
            CompareOp.values(),
            ReduceOp.values(),
            ArgReduceOp.values(),
            RandomOp.values())) {
      for (Enum<?> constant : values) {
        constants.add(constant.getDeclaringClass().getSimpleName() + "." + constant);
      }
    }
    assertThat(reached).containsAll(constants);
  }

  @Test
  void everyEnumThatABackendSwitchesOverIsLookedAt() {
    Set<Class<?>> enums = new java.util.HashSet<>();
    for (Method method : Backend.class.getDeclaredMethods()) {
      for (Class<?> parameter : method.getParameterTypes()) {
        if (parameter.isEnum()) {
          enums.add(parameter);
        }
      }
    }
    assertThat(enums)
        .containsExactlyInAnyOrder(
            UnaryOp.class,
            BinaryOp.class,
            CompareOp.class,
            ReduceOp.class,
            ArgReduceOp.class,
            RandomOp.class);
  }

  @Test
  void everyFusedOpIsReached() {
    for (Class<?> op : FusedOp.class.getPermittedSubclasses()) {
      assertThat(reached).as("calls of the backend").contains(op.getName());
    }
    for (Epilogue epilogue : Epilogue.values()) {
      assertThat(reached).contains(FusedOp.Linear.class.getName() + epilogue);
      assertThat(reached).contains(FusedOp.ConvBias.class.getName() + epilogue);
    }
  }
}
