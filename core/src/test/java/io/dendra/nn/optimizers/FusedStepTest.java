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
                FusedOp op = (FusedOp) arguments[0];
                ASKED.add(op);
                return marking(real, op instanceof FusedOp.Steps steps ? steps.each().size() : 1);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Fills output i of each step with 10 + i, once it lies over the operand it replaces. */
  private static FusedKernel marking(Backend real, int steps) {
    return (inputs, outputs) -> {
      int operands = inputs.length / steps;
      int results = outputs.length / steps;
      for (int o = 0; o < outputs.length; o++) {
        int i = o % results;
        View same = inputs[o / results * operands + (i == 0 ? 0 : i + 1)];
        assertThat(outputs[o].buffer()).isSameAs(same.buffer());
        real.fill(outputs[o], 10 + i);
      }
    };
  }

  @BeforeEach
  void forget() {
    ASKED.clear();
  }

  private static Map<String, NDArray> step(Optimizer optimizer) {
    return step(optimizer, NDArray.of(new float[] {1, 2}));
  }

  private static Map<String, NDArray> step(Optimizer optimizer, NDArray... values) {
    List<Map<String, NDArray>> states = new ArrayList<>();
    Backends.use(
        DEVICE,
        () -> {
          try (TensorScope scope = TensorScope.open();
              Weights weights = new Weights(values)) {
            List<Tensor> gradients = new ArrayList<>();
            weights.all().forEach(w -> gradients.add(Tensor.ones(w.shape().dims())));
            optimizer.apply(weights.all(), gradients);
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

  @Test
  void severalWeightsTakeOneKernelWithADecayEach() {
    NDArray[] values = {NDArray.of(new float[] {1, 2}), NDArray.of(new float[] {3})};
    AdamW adam = new AdamW(0.1).beta1(0.8).beta2(0.9);
    adam.weightDecay(0.5).excludeFromWeightDecay("w1");
    Map<String, NDArray> state = step(adam, values);
    double alpha = 0.1 * Math.sqrt(1 - 0.9) / (1 - 0.8);
    assertThat(ASKED)
        .containsExactly(
            new FusedOp.Steps(
                List.of(
                    new FusedOp.AdamStep(alpha, 0.8, 0.9, 1e-7, 0.05),
                    new FusedOp.AdamStep(alpha, 0.8, 0.9, 1e-7, 0))));
    assertThat(state.get("weight").floats()).containsExactly(10, 10);
    assertThat(state.get("layer/w1/momentum").floats()).containsExactly(11);
    assertThat(state.get("layer/w1/velocity").floats()).containsExactly(12);
  }

  @Test
  void descentWithoutMomentumTakesTheKernelToo() {
    Map<String, NDArray> state = step(new SGD(0.1));
    assertThat(ASKED).containsExactly(new FusedOp.SgdStep(0.1, 0, false));
    assertThat(state.get("weight").floats()).containsExactly(10, 10);
  }
}
