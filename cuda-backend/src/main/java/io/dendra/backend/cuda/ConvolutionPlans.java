package io.dendra.backend.cuda;

import io.dendra.backend.cuda.driver.Blas;
import io.dendra.backend.cuda.driver.Dnn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plans that were used last; the caller holds the device's monitor. */
final class ConvolutionPlans implements AutoCloseable {
  private static final int MOST = 1024;
  private static final long LARGEST_WORKSPACE = 1L << 30;

  private final CudaDevice device;
  private final CudaSettings settings;
  private final long workspace;
  private final Map<ConvolutionPlan.Key, ConvolutionPlan> plans =
      new LinkedHashMap<>(64, 0.75f, true);

  ConvolutionPlans(CudaDevice device, CudaSettings settings) {
    this.device = device;
    this.settings = settings;
    long memory = device.driver().describe(device.index()).bytes();
    this.workspace = Math.min(LARGEST_WORKSPACE, memory / 16);
  }

  ConvolutionPlan get(ConvolutionPlan.Key key) {
    ConvolutionPlan plan = plans.get(key);
    if (plan == null) {
      plan = make(key);
      plans.put(key, plan);
      if (plans.size() > MOST) {
        evict();
      }
    }
    return plan;
  }

  private ConvolutionPlan make(ConvolutionPlan.Key key) {
    ConvolutionGeometry geometry = new ConvolutionGeometry(key.spec(), key.x(), key.w(), key.y());
    Dnn dnn = device.dnn();
    Dnn.Handle handle = device.dnnHandle();
    Blas.Precision precision = settings.precision();
    Dnn.Convolution convolution =
        geometry.fits()
            ? dnn.prepare(geometry.describe(key.type(), key.channelsLast(), precision))
            : null;
    List<Dnn.Algorithm> algorithms =
        convolution == null
            ? List.of()
            : dnn.algorithms(handle, convolution, key.direction(), settings.benchmark()).stream()
                .filter(a -> a.deterministic() || !settings.deterministic())
                .filter(a -> a.workspace() <= workspace)
                .toList();
    return new ConvolutionPlan(geometry, key.channelsLast(), convolution, algorithms);
  }

  private void evict() {
    var oldest = plans.values().iterator();
    release(oldest.next());
    oldest.remove();
  }

  private void release(ConvolutionPlan plan) {
    if (plan.convolution() != null) {
      device.dnn().release(plan.convolution());
    }
  }

  @Override
  public void close() {
    plans.values().forEach(this::release);
    plans.clear();
  }
}
