package io.dendra.ops;

import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import io.dendra.tensor.TensorSpec;

/**
 * The compositions that networks are made of, each with its definition in plain ops and, where the
 * backend has one, a kernel.
 */
public final class NN {
  private NN() {}

  private static TensorSpec[] like(Tensor x) {
    return new TensorSpec[] {x.spec()};
  }

  private static Tensor[] one(Tensor x) {
    return new Tensor[] {x};
  }

  private static Tensor finish(Tensor x, Epilogue epilogue) {
    return switch (epilogue) {
      case NONE -> x;
      case RELU -> x.relu();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
    };
  }

  /**
   * {@code epilogue(x · w + b)}.
   *
   * @param x {@code [..., in]}
   * @param w {@code [in, out]}
   * @param b {@code [out]}
   * @return {@code [..., out]}
   */
  public static Tensor linear(Tensor x, Tensor w, Tensor b, Epilogue epilogue) {
    if (x.rank() < 1
        || w.rank() != 2
        || x.dim(-1) != w.dim(0)
        || !b.shape().equals(w.shape().slice(1, 2))) {
      throw new OpException(
          "linear takes x [..., in], w [in, out] and b [out], given "
              + x.spec()
              + ", "
              + w.spec()
              + " and "
              + b.spec());
    }
    Tensor rows = x.rank() == 2 ? x : ShapeOps.reshape(x, rows(x));
    TensorSpec[] out = {new TensorSpec(Shape.of(rows.dim(0), w.dim(1)), x.dtype())};
    Tensor y =
        Fused.apply(
            new FusedOp.Linear(epilogue),
            in -> one(finish(in[0].matmul(in[1]).add(in[2]), epilogue)),
            out,
            rows,
            w,
            b)[0];
    return x.rank() == 2 ? y : ShapeOps.reshape(y, x.shape().with(-1, w.dim(1)));
  }

  private static Shape rows(Tensor x) {
    return Shape.of(x.shape().slice(0, x.rank() - 1).size(), x.dim(-1));
  }

  /**
   * {@code epilogue(conv(x, w) + b)}.
   *
   * @param x {@code [batch, channels, *spatial]}
   * @param w {@code [filters, channels / groups, *kernel]}
   * @param b {@code [filters]}
   */
  public static Tensor convBias(Tensor x, Tensor w, Tensor b, ConvSpec spec, Epilogue epilogue) {
    Shape shape;
    try {
      shape = spec.outputShape(x.shape(), w.shape());
    } catch (IllegalArgumentException e) {
      throw new OpException("conv of " + x.spec() + " and " + w.spec() + ": " + e.getMessage());
    }
    TensorSpec[] out = {new TensorSpec(shape, x.dtype())};
    return Fused.apply(
        new FusedOp.ConvBias(spec, epilogue),
        in -> {
          Tensor y = Convolution.conv(in[0], in[1], spec);
          return one(finish(y.add(alongChannels(in[2], y.rank())), epilogue));
        },
        out,
        x,
        w,
        b)[0];
  }

  /** {@code [channels]} as {@code [1, channels, 1, …]}. */
  private static Tensor alongChannels(Tensor x, int rank) {
    Shape shape = Shape.of(1, x.dim(0));
    for (int i = 2; i < rank; i++) {
      shape = shape.append(1);
    }
    return ShapeOps.reshape(x, shape);
  }

  /**
   * The gradient of {@code y = max(x, 0)} by x: g where y is above 0, else 0.
   *
   * @param y what relu gave
   * @param g the gradient of y, of its shape
   */
  static Tensor reluGrad(Tensor y, Tensor g) {
    return Fused.apply(
        new FusedOp.ReluGrad(),
        in -> one(Elementwise.where(Elementwise.compare(CompareOp.GT, in[0], 0), in[1], 0)),
        like(y),
        y,
        g)[0];
  }

  /** {@code exp(x) / sum(exp(x))} along an axis. */
  public static Tensor softmax(Tensor x, int axis) {
    int along = ShapeOps.axis("softmax", x, axis);
    return Fused.apply(
        new FusedOp.Softmax(along),
        in -> {
          Tensor e = in[0].sub(top(in[0], along)).exp();
          return one(e.div(Reduce.sum(e, new int[] {along}, true)));
        },
        like(x),
        x)[0];
  }

  /** The logarithm of {@link #softmax}, without underflow. */
  public static Tensor logSoftmax(Tensor x, int axis) {
    int along = ShapeOps.axis("log_softmax", x, axis);
    return Fused.apply(
        new FusedOp.LogSoftmax(along),
        in -> {
          Tensor shifted = in[0].sub(top(in[0], along));
          return one(shifted.sub(Reduce.sum(shifted.exp(), new int[] {along}, true).log()));
        },
        like(x),
        x)[0];
  }

  /** The greatest element as a constant: a shift that cancels needs no gradient. */
  private static Tensor top(Tensor x, int axis) {
    return Reduce.reduce(ReduceOp.MAX, x.detach(), new int[] {axis}, true);
  }

  /**
   * Cross-entropy from logits and class numbers, one number per row; float32 from 16-bit logits.
   *
   * @param logits {@code [rows, classes]}
   * @param labels int64 {@code [rows]}, from 0 to before the number of classes
   * @return {@code [rows]}
   * @throws OpException when a label is out of range
   */
  public static Tensor softmaxCrossEntropy(Tensor logits, Tensor labels) {
    if (logits.rank() != 2 || labels.rank() != 1 || labels.dim(0) != logits.dim(0)) {
      throw new OpException(
          "softmax_cross_entropy takes logits [rows, classes] and labels [rows], given "
              + logits.spec()
              + " and "
              + labels.spec());
    }
    requireLabels(labels, logits.dim(1));
    return Fused.apply(
        new FusedOp.SoftmaxCrossEntropy(),
        in -> {
          Tensor logs = logSoftmax(in[0], 1);
          return one(Indexing.takeAlong(logs, in[1].expandDims(1), 1).squeeze(1).neg());
        },
        new TensorSpec[] {new TensorSpec(labels.shape(), logits.dtype().accumulator())},
        logits,
        labels.cast(DType.INT64))[0];
  }

  /**
   * Checks class numbers.
   *
   * @throws OpException when one is not from 0 to before the number of classes, or they are no
   *     integers
   */
  public static void requireLabels(Tensor labels, long classes) {
    if (labels.isMeta() || labels.size() == 0) {
      return;
    }
    if (!labels.dtype().isInteger()) {
      throw new OpException(
          "class numbers have to be integers, given " + labels.spec() + ": cast them to int32");
    }
    try (TensorScope scope = TensorScope.open("labels")) {
      Tensor numbers = labels.detach().cast(DType.INT64).contiguous();
      numbers.openDevice().backend().checkLabels(numbers.view(), classes);
    } catch (IndexOutOfBoundsException e) {
      throw new OpException(e.getMessage());
    }
  }

  /**
   * Normalises the last axis to mean 0 and variance 1, then scales and shifts (J. Ba, J. Kiros and
   * G. Hinton, Layer Normalization, 2016).
   *
   * @param x {@code [..., features]}
   * @param gamma {@code [features]}
   * @param beta {@code [features]}
   */
  public static Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
    Tensor rows = x.rank() == 2 ? x : ShapeOps.reshape(x, rows(x));
    int[] last = {1};
    Tensor y =
        Fused.apply(
            new FusedOp.LayerNorm(epsilon),
            in -> {
              Tensor centred = in[0].sub(Reduce.mean(in[0], last, true));
              Tensor variance = Reduce.mean(centred.square(), last, true);
              Tensor scale = Elementwise.unary(UnaryOp.RSQRT, variance.add(epsilon));
              return one(centred.mul(scale).mul(in[1]).add(in[2]));
            },
            like(rows),
            rows,
            gamma,
            beta)[0];
    return x.rank() == 2 ? y : ShapeOps.reshape(y, x.shape());
  }

  /**
   * What batch normalisation gives in training.
   *
   * @param y the normalised input
   * @param mean the batch's mean per channel
   * @param variance the batch's biased variance per channel
   */
  public record BatchNorm(Tensor y, Tensor mean, Tensor variance) {}

  /**
   * Normalises each channel over the batch and all spatial dimensions, then scales and shifts (S.
   * Ioffe and C. Szegedy, Batch Normalization, 2015).
   *
   * @param x {@code [batch, channels, *spatial]}
   * @param gamma {@code [channels]}
   * @param beta {@code [channels]}
   */
  public static BatchNorm batchNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
    int[] axes = new int[x.rank() - 1];
    for (int i = 1; i < axes.length; i++) {
      axes[i] = i + 1;
    }
    TensorSpec perChannel = new TensorSpec(gamma.shape(), x.dtype().accumulator());
    Tensor[] out =
        Fused.apply(
            new FusedOp.BatchNorm(epsilon),
            in -> {
              Tensor mean = Reduce.mean(in[0], axes, true);
              Tensor centred = in[0].sub(mean);
              Tensor variance = Reduce.mean(centred.square(), axes, true);
              Tensor scale =
                  Elementwise.unary(UnaryOp.RSQRT, variance.add(epsilon))
                      .mul(alongChannels(in[1], x.rank()));
              Tensor y = centred.mul(scale).add(alongChannels(in[2], x.rank()));
              return new Tensor[] {
                y, ShapeOps.reshape(mean, gamma.shape()), ShapeOps.reshape(variance, gamma.shape())
              };
            },
            new TensorSpec[] {x.spec(), perChannel, perChannel},
            x,
            gamma,
            beta);
    return new BatchNorm(out[0], out[1], out[2]);
  }

  /**
   * {@link #batchNorm} and {@code max(y, 0)} in one, or {@code max(y + residual, 0)}.
   *
   * @param residual of x's shape, or null
   */
  public static BatchNorm batchNormRelu(
      Tensor x, Tensor gamma, Tensor beta, Tensor residual, double epsilon) {
    TensorSpec perChannel = new TensorSpec(gamma.shape(), x.dtype().accumulator());
    Tensor[] in = {x, gamma, beta};
    if (residual != null) {
      in = new Tensor[] {x, gamma, beta, residual};
    }
    Tensor[] out =
        Fused.apply(
            new FusedOp.BatchNormRelu(epsilon, residual != null),
            each -> {
              BatchNorm norm = batchNorm(each[0], each[1], each[2], epsilon);
              Tensor sum = each.length == 3 ? norm.y() : norm.y().add(each[3]);
              return new Tensor[] {sum.relu(), norm.mean(), norm.variance()};
            },
            new TensorSpec[] {x.spec(), perChannel, perChannel},
            in);
    return new BatchNorm(out[0], out[1], out[2]);
  }

  /** Normalises each channel with given statistics, as batch normalisation does after training. */
  public static Tensor normalize(
      Tensor x, Tensor mean, Tensor variance, Tensor gamma, Tensor beta, double epsilon) {
    Tensor scale = Elementwise.unary(UnaryOp.RSQRT, variance.add(epsilon)).mul(gamma);
    Tensor shift = beta.sub(mean.mul(scale));
    Tensor y = x.mul(alongChannels(scale, x.rank())).add(alongChannels(shift, x.rank()));
    return x.dtype().isHalf() ? y.cast(x.dtype()) : y;
  }

  /**
   * Sets elements to zero with probability {@code rate} and divides the others by {@code 1 - rate}
   * (N. Srivastava et al., Dropout, 2014).
   */
  public static Tensor dropout(Tensor x, double rate, RandomKey key) {
    if (rate == 0) {
      return x;
    }
    if (rate < 0 || rate >= 1) {
      throw new OpException("dropout takes a rate of at least 0 and below 1, given " + rate);
    }
    return Fused.apply(
        new FusedOp.Dropout(rate, key.value(), 0),
        in -> {
          Tensor draw = RandomOps.uniform(key, x.shape(), DType.FLOAT32, in[0].device());
          Tensor kept = Elementwise.compare(CompareOp.GE, draw, rate);
          return one(Elementwise.where(kept, in[0].mul(1 / (1 - rate)), 0));
        },
        like(x),
        x)[0];
  }

  /**
   * {@code x Φ(x)} with the normal distribution's Φ, or its tanh approximation (D. Hendrycks and K.
   * Gimpel, Gaussian Error Linear Units, 2016).
   */
  public static Tensor gelu(Tensor x, boolean approximate) {
    return Fused.apply(
        new FusedOp.Gelu(approximate),
        in -> one(approximate ? geluTanh(in[0]) : geluErf(in[0])),
        like(x),
        x)[0];
  }

  private static Tensor geluErf(Tensor x) {
    return x.mul(0.5).mul(Elementwise.unary(UnaryOp.ERF, x.mul(Math.sqrt(0.5))).add(1));
  }

  private static Tensor geluTanh(Tensor x) {
    Tensor cubic = x.square().mul(x).mul(0.044715).add(x);
    return x.mul(0.5).mul(cubic.mul(Math.sqrt(2 / Math.PI)).tanh().add(1));
  }

  /**
   * The sum of the squares of all elements of some tensors, such as gradients: a scalar of float64,
   * in which the square of no finite float32 overflows.
   *
   * @throws OpException when there are none
   */
  public static Tensor sumOfSquares(Tensor... x) {
    if (x.length == 0) {
      throw new OpException("sum_of_squares takes at least one tensor");
    }
    return Fused.apply(
        new FusedOp.SumOfSquares(),
        in -> {
          Tensor sum = null;
          for (Tensor each : in) {
            Tensor next = each.cast(DType.FLOAT64).square().sum();
            sum = sum == null ? next : sum.add(next);
          }
          return one(sum);
        },
        new TensorSpec[] {new TensorSpec(Shape.scalar(), DType.FLOAT64)},
        x)[0];
  }

  /**
   * {@code softmax(q kᵀ · scale) v} (A. Vaswani et al., Attention Is All You Need, 2017).
   *
   * @param q {@code [batch, heads, queries, size]}
   * @param k {@code [batch, heads, keys, size]}
   * @param v {@code [batch, heads, keys, valueSize]}
   * @param mask booleans that broadcast to {@code [batch, heads, queries, keys]}, false where
   *     attention is barred, or null for none
   */
  public static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, double scale) {
    TensorSpec[] out = {new TensorSpec(q.shape().with(-1, v.dim(-1)), q.dtype())};
    Decomposition decomposition =
        in -> {
          Tensor barred = in.length == 3 ? null : in[3];
          return one(attentionWeights(in[0], in[1], barred, scale).matmul(in[2]));
        };
    Tensor[] in = mask == null ? new Tensor[] {q, k, v} : new Tensor[] {q, k, v, mask};
    return Fused.apply(new FusedOp.Attention(scale, mask != null), decomposition, out, in)[0];
  }

  /**
   * The weights that {@link #attention} gives to the values: {@code softmax(q kᵀ · scale)}, {@code
   * [batch, heads, queries, keys]}.
   */
  public static Tensor attentionWeights(Tensor q, Tensor k, Tensor mask, double scale) {
    DType dtype = q.dtype();
    Tensor scores =
        dtype.isHalf()
            // Scaled before the product, which could be beyond float16; its softmax in float32.
            ? q.mul(scale).matmul(k.transpose()).cast(DType.FLOAT32)
            : q.matmul(k.transpose()).mul(scale);
    // Not minus infinity: a row that is barred entirely must not become NaN.
    Tensor weights = softmax(mask == null ? scores : Elementwise.where(mask, scores, -1e9), -1);
    return dtype.isHalf() ? weights.cast(dtype) : weights;
  }
}
