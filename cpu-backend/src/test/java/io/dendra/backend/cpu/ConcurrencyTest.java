package io.dendra.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.backend.cpu.CpuSettings.EngineChoice;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same numbers, bit for bit, at every run and from several threads at once. */
final class ConcurrencyTest {
  @ParameterizedTest
  @EnumSource(names = {"ONEDNN", "ND4J"})
  void resultsDoNotDependOnTheRunOrOnOtherThreads(EngineChoice engine) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try (CpuBackend backend = new CpuBackend(new CpuSettings(engine, 2))) {
      float[] alone = work(backend);
      List<Callable<float[]>> tasks = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        tasks.add(() -> work(backend));
      }
      for (Future<float[]> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static float[] work(CpuBackend backend) {
    View x = uniform(backend, 1, 8, 16, 40, 40);
    View w = uniform(backend, 2, 16, 16, 3, 3);
    View y = uniform(backend, 3, 8, 16, 40, 40);
    int[] one = {1, 1};
    ConvSpec spec = new ConvSpec(one, one, one, one, 1);
    backend.conv(spec, x, w, y);
    backend.unary(UnaryOp.TANH, y, y);
    View gradient = uniform(backend, 4, 16, 16, 3, 3);
    backend.convFilterGrad(spec, x, y, gradient);
    View a = y.with(Layout.contiguous(Shape.of(800, 256)));
    View b = uniform(backend, 5, 256, 256);
    View product = uniform(backend, 6, 800, 256);
    View bias = uniform(backend, 7, 256);
    View[] inputs = {a, b, bias};
    backend
        .fused(new FusedOp.Linear(FusedOp.Epilogue.SIGMOID), inputs)
        .forward(inputs, new View[] {product});
    View sum = uniform(backend, 8, 1, 1);
    backend.reduce(ReduceOp.SUM, product, new int[] {0, 1}, sum);
    float[] result = new float[1 + 16 * 16 * 9 + 256];
    backend.toHost(sum, result, 0);
    backend.toHost(gradient, result, 1);
    backend.toHost(product.with(Layout.contiguous(Shape.of(256))), result, 1 + 16 * 16 * 9);
    for (View view : List.of(x, w, y, gradient, b, product, bias, sum)) {
      backend.free(view.buffer());
    }
    return result;
  }

  private static View uniform(CpuBackend backend, long key, long... dims) {
    Layout layout = Layout.contiguous(Shape.of(dims));
    View view = new View(backend.allocate(layout.size() * 4), DType.FLOAT32, layout);
    backend.random(RandomOp.UNIFORM, key, 0, view);
    return view;
  }
}
