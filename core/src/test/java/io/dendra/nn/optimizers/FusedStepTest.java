package io.dendra.nn.optimizers;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.Backend;
import io.dendra.backend.Backends;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.nn.OwnDevice;
import io.dendra.ops.Fused;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a backend's kernels for whole steps are asked, and given the right operands. */
class FusedStepTest {
  private static final Device DEVICE = OwnDevice.of("fusing", FusedStepTest::fusing);
  private static final List<FusedOp> ASKED = new ArrayList<>();

  /** The reference backend with kernels that only mark what they were given. */
  private static Backend fusing(Backend real) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("fused")) {
                ASKED.add((FusedOp) arguments[0]);
                return marking(real);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Fills output i with 10 + i, once it has been found to lie over the operand it replaces. */
  private static FusedKernel marking(Backend real) {
    return (inputs, outputs) -> {
      for (int i = 0; i < outputs.length; i++) {
        View same = inputs[i == 0 ? 0 : i + 1];
        assertThat(outputs[i].buffer()).isSameAs(same.buffer());
        real.fill(outputs[i], 10 + i);
      }
    };
  }

  @BeforeEach
  void forget() {
    ASKED.clear();
  }

  private static Map<String, NDArray> step(Optimizer optimizer) {
    List<Map<String, NDArray>> states = new ArrayList<>();
    Backends.use(
        DEVICE,
        () -> {
          try (TensorScope scope = TensorScope.open();
              Weights weights = new Weights(NDArray.of(new float[] {1, 2}))) {
            optimizer.apply(weights.all(), List.of(Tensor.ones(2)));
            states.add(optimizer.state());
            states.get(0).put("weight", weights.all().get(0).value().toNDArray());
            optimizer.close();
          }
        });
    return states.get(0);
  }

  @Test
  void adamTakesTheKernelWithBiasCorrectionAndDecayInItsNumbers() {
    Map<String, NDArray> state = step(new AdamW(0.1).beta1(0.8).beta2(0.9).weightDecay(0.5));
    double alpha = 0.1 * Math.sqrt(1 - 0.9) / (1 - 0.8);
    assertThat(ASKED).containsExactly(new FusedOp.AdamStep(alpha, 0.8, 0.9, 1e-7, 0.05));
    assertThat(state.get("weight").floats()).containsExactly(10, 10);
    assertThat(state.get("layer/w0/momentum").floats()).containsExactly(11, 11);
    assertThat(state.get("layer/w0/velocity").floats()).containsExactly(12, 12);
  }

  @Test
  void momentumTakesTheKernelAfterTheDecay() {
    Map<String, NDArray> state = step(new SGD(0.1).momentum(0.9).nesterov(true).weightDecay(0.5));
    assertThat(ASKED).containsExactly(new FusedOp.SgdStep(0.1, 0.9, true));
    assertThat(state.get("weight").floats()).containsExactly(10, 10);
    assertThat(state.get("layer/w0/momentum").floats()).containsExactly(11, 11);
  }

  @Test
  void amsgradAndTheSwitchGoWithoutAKernel() {
    step(new Adam().amsgrad(true));
    Fused.using(false, () -> step(new Adam()));
    assertThat(ASKED).isEmpty();
  }
}
