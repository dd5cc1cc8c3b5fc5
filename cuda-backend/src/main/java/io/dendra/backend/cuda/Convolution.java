package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Dnn;
import io.dendra.backend.cuda.driver.Dnn.Direction;
import io.dendra.tensor.DType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Convolution and its gradients by cuDNN, in the memory order that spares the most copies. What
 * cuDNN has no kernel for is computed channels first, and at last by plain kernels.
 */
final class Convolution implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Convolution.class);
  private static final int X = 0;
  private static final int W = 1;
  private static final int Y = 2;

  /** What cuDNN's kernels expect of addresses. */
  private static final int ALIGNMENT = 16;

  /** {@code IMPLICIT_PRECOMP_GEMM}, the only one that adds a bias and nothing else. */
  private static final int BIAS_ONLY = 1;

  private final CudaDevice device;
  private final Copies copies;
  private final ConvolutionPlans plans;
  private final DirectConvolution direct;

  Convolution(CudaDevice device, Copies copies, CudaSettings settings) {
    this.device = device;
    this.copies = copies;
    this.plans = new ConvolutionPlans(device, settings);
    this.direct = new DirectConvolution(device);
  }

  void forward(ConvSpec spec, View x, View w, View y) {
    run(Direction.FORWARD, spec, false, x, w, y);
  }

  void inputGradient(ConvSpec spec, View y, View w, View x) {
    run(Direction.INPUT_GRADIENT, spec, false, x, w, y);
  }

  void filterGradient(ConvSpec spec, View x, View y, View w) {
    run(Direction.FILTER_GRADIENT, spec, false, x, w, y);
  }

  /**
   * {@code y = relu(conv(x, w) + bias)}, or without relu, in one step.
   *
   * @return false when that cannot be, and nothing was done
   */
  boolean withBias(ConvSpec spec, View x, View w, View bias, boolean relu, View y) {
    if (isEmpty(x, w, y) || !bias.layout().isContiguous() || !isAligned(bias)) {
      return false;
    }
    synchronized (device) {
      ConvolutionPlan plan = plan(preferred(Direction.FORWARD, spec, x, w, y));
      Dnn.Algorithm algorithm = relu ? plan.best() : plan.ofNumber(BIAS_ONLY);
      if (algorithm == null || !plan.takesBias()) {
        return false;
      }
      long biasAt = CudaBuffer.address(bias);
      Call call =
          (at, workspace) ->
              device
                  .dnn()
                  .convolveBias(
                      device.dnnHandle(),
                      plan.convolution(),
                      algorithm,
                      at[X],
                      at[W],
                      biasAt,
                      relu,
                      at[Y],
                      workspace);
      if (!run(plan, algorithm, Y, false, call, x, w, y)) {
        plan.dropBias();
        return false;
      }
      return true;
    }
  }

  private void run(Direction direction, ConvSpec spec, boolean add, View... operands) {
    View out = operands[written(direction)];
    if (out.layout().size() == 0) {
      return;
    }
    if (isEmpty(operands)) {
      copies.fill(out, 0);
      return;
    }
    long parts = parts(operands);
    if (parts > 1) {
      runParts(direction, spec, parts, operands);
      return;
    }
    synchronized (device) {
      ConvolutionPlan.Key key = preferred(direction, spec, operands[X], operands[W], operands[Y]);
      if (!run(key, add, operands) && !(key.channelsLast() && run(first(key), add, operands))) {
        direct.run(direction, spec, add, operands[X], operands[W], operands[Y]);
      }
    }
  }

  private static int written(Direction direction) {
    return switch (direction) {
      case FORWARD -> Y;
      case INPUT_GRADIENT -> X;
      case FILTER_GRADIENT -> W;
    };
  }

  private static boolean isEmpty(View... operands) {
    for (View operand : operands) {
      if (operand.layout().size() == 0) {
        return true;
      }
    }
    return false;
  }

  // ---- operands of more than 2³¹ elements

  /** In how many parts of the batch to compute, so that cuDNN can count the elements. */
  private static long parts(View[] operands) {
    long largest = Math.max(operands[X].layout().size(), operands[Y].layout().size());
    long parts = largest / (Integer.MAX_VALUE / 2) + 1;
    return largest <= Integer.MAX_VALUE / 2 ? 1 : Math.min(parts, operands[X].shape().dim(0));
  }

  private void runParts(Direction direction, ConvSpec spec, long parts, View[] operands) {
    long batch = operands[X].shape().dim(0);
    long step = (batch + parts - 1) / parts;
    for (long at = 0; at < batch; at += step) {
      View x = part(operands[X], at, step);
      View y = part(operands[Y], at, step);
      boolean add = direction == Direction.FILTER_GRADIENT && at > 0;
      run(direction, spec, add, x, operands[W], y);
    }
  }

  private static View part(View view, long start, long step) {
    long length = Math.min(step, view.shape().dim(0) - start);
    return view.with(view.layout().slice(0, start, length, 1));
  }

  // ---- memory order

  private ConvolutionPlan plan(ConvolutionPlan.Key key) {
    return plans.get(key);
  }

  /** The key of the plan whose memory order spares the most copies. */
  private static ConvolutionPlan.Key preferred(
      Direction direction, ConvSpec spec, View x, View w, View y) {
    long first = strangers(false, x, y);
    long last = strangers(true, x, y);
    boolean half = x.dtype() == DType.FLOAT16 || x.dtype() == DType.BFLOAT16;
    boolean channelsLast = last < first || (last == first && half);
    return new ConvolutionPlan.Key(
        direction, spec, x.shape(), w.shape(), y.shape(), x.dtype(), channelsLast);
  }

  private static ConvolutionPlan.Key first(ConvolutionPlan.Key key) {
    return new ConvolutionPlan.Key(
        key.direction(), key.spec(), key.x(), key.w(), key.y(), key.type(), false);
  }

  /** The number of elements that lie in another order. */
  private static long strangers(boolean channelsLast, View... views) {
    long count = 0;
    for (View view : views) {
      if (!ConvolutionGeometry.isPacked(view.layout(), channelsLast)) {
        count += view.layout().size();
      }
    }
    return count;
  }

  private static boolean isAligned(View view) {
    return CudaBuffer.address(view) % ALIGNMENT == 0;
  }

  // ---- running

  /** A call of cuDNN on operands at some addresses. */
  @FunctionalInterface
  private interface Call {
    boolean run(long[] at, long workspace);
  }

  /** Whether cuDNN can do it and has. */
  private boolean run(ConvolutionPlan.Key key, boolean add, View... operands) {
    ConvolutionPlan plan = plan(key);
    Dnn.Algorithm algorithm = plan.best();
    while (algorithm != null) {
      Dnn.Algorithm chosen = algorithm;
      Call call =
          (at, workspace) ->
              device
                  .dnn()
                  .convolve(
                      device.dnnHandle(),
                      plan.convolution(),
                      key.direction(),
                      chosen,
                      at[X],
                      at[W],
                      at[Y],
                      workspace,
                      add);
      if (run(plan, chosen, written(key.direction()), add, call, operands)) {
        return true;
      }
      plan.drop(chosen);
      algorithm = plan.best();
    }
    LOG.debug("cuDNN has no algorithm for {}", key);
    return false;
  }

  /** Runs a call on the operands, or on copies where they lie otherwise than the plan asks. */
  private boolean run(
      ConvolutionPlan plan,
      Dnn.Algorithm algorithm,
      int written,
      boolean add,
      Call call,
      View... operands) {
    try (ScratchPieces pieces = new ScratchPieces(device)) {
      boolean[] copied = new boolean[operands.length];
      long[] at = new long[operands.length];
      for (int k = 0; k < operands.length; k++) {
        copied[k] =
            (k == X && plan.geometry().isPadded())
                || !operands[k].layout().sameOrder(plan.layout(k))
                || !isAligned(operands[k]);
        at[k] = copied[k] ? pieces.reserve(plan.layout(k), operands[k].dtype()) : 0;
      }
      long workspace = pieces.reserve(algorithm.workspace());
      if (!pieces.tryOpen()) {
        if (algorithm.workspace() > 0) {
          return false;
        }
        throw new BackendException(
            "cuda:"
                + device.index()
                + " has not enough memory to rearrange a convolution's operands");
      }
      View[] inner = new View[operands.length];
      for (int k = 0; k < operands.length; k++) {
        if (copied[k]) {
          inner[k] = inner(plan, k, pieces, at[k], operands[k]);
          if (k != written || add) {
            copies.copy(operands[k], inner[k]);
          }
        }
        at[k] = copied[k] ? pieces.address(at[k]) : CudaBuffer.address(operands[k]);
      }
      if (!call.run(at, pieces.address(workspace))) {
        return false;
      }
      if (copied[written]) {
        copies.copy(inner[written], operands[written]);
      }
      return true;
    }
  }

  /** A copy's place; of a padded input the part that is not padding, which is made 0. */
  private View inner(
      ConvolutionPlan plan, int operand, ScratchPieces pieces, long piece, View given) {
    View all = pieces.view(piece, given.dtype(), plan.layout(operand));
    if (operand != X || !plan.geometry().isPadded()) {
      return all;
    }
    copies.fill(all, 0);
    return all.with(plan.geometry().interior(plan.layout(operand)));
  }

  @Override
  public void close() {
    synchronized (device) {
      plans.close();
    }
  }
}
