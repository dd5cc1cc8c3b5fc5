package io.dendra.ops;

import static io.dendra.ops.ElementwisePrimitives.gradients;

import io.dendra.autograd.GradientContext;
import io.dendra.backend.Backend;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorSpec;

/**
 * Convolution over 1, 2 or 3 spatial dimensions and its two adjoints, which are each other's
 * gradients. Shapes are those of {@link ConvSpec}; channels_last data come as permuted views.
 */
public final class Convolution {
  private Convolution() {}

  /**
   * The convolution of x with w.
   *
   * @param x {@code [batch, channels, *spatial]}
   * @param w {@code [filters, channels / groups, *kernel]}
   * @return {@code [batch, filters, *outSpatial]}
   * @throws OpException when the shapes do not fit
   */
  public static Tensor conv(Tensor x, Tensor w, ConvSpec spec) {
    return Dispatcher.applyOne(new Conv(spec), x, w);
  }

  /**
   * The gradient of {@link #conv} by its input, also known as transposed convolution.
   *
   * @param g {@code [batch, filters, *outSpatial]}
   * @param w {@code [filters, channels / groups, *kernel]}
   * @param input the shape of the result, {@code [batch, channels, *spatial]}
   */
  public static Tensor convInputGrad(Tensor g, Tensor w, ConvSpec spec, Shape input) {
    return Dispatcher.applyOne(new ConvInputGrad(spec, input), g, w);
  }

  /**
   * The gradient of {@link #conv} by its filter.
   *
   * @param x {@code [batch, channels, *spatial]}
   * @param g {@code [batch, filters, *outSpatial]}
   * @param filter how the result is to lie in memory; its shape is {@code [filters, channels /
   *     groups, *kernel]}
   */
  public static Tensor convFilterGrad(Tensor x, Tensor g, ConvSpec spec, Layout filter) {
    return Dispatcher.applyOne(new ConvFilterGrad(spec, filter), x, g);
  }

  private static void require(Shape expected, Shape given, String what) {
    if (!expected.equals(given)) {
      throw new IllegalArgumentException(
          "the " + what + " has to be " + expected + ", given " + given);
    }
  }

  private static void requireFloating(Tensor[] in) {
    if (!in[0].dtype().isFloating() || in[1].dtype() != in[0].dtype()) {
      throw new IllegalArgumentException("both operands have to be floats of one type");
    }
  }

  record Conv(ConvSpec spec) implements Primitive {
    @Override
    public String name() {
      return "conv";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      requireFloating(in);
      Shape shape = spec.outputShape(in[0].shape(), in[1].shape());
      return new TensorSpec[] {new TensorSpec(shape, in[0].dtype())};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.conv(spec, in[0], in[1], out[0]);
    }

    @Override
    public boolean savesInput(int input) {
      return true;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor g) {
      Tensor x = c.input(0);
      Tensor w = c.input(1);
      return gradients(
          c.wants(0) ? convInputGrad(g, w, spec, x.shape()) : null,
          c.wants(1) ? convFilterGrad(x, g, spec, w.layout()) : null);
    }
  }

  record ConvInputGrad(ConvSpec spec, Shape input) implements Primitive {
    @Override
    public String name() {
      return "conv_input_grad";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      requireFloating(in);
      require(spec.outputShape(input, in[1].shape()), in[0].shape(), "gradient");
      return new TensorSpec[] {new TensorSpec(input, in[0].dtype())};
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.convInputGrad(spec, in[0], in[1], out[0]);
    }

    @Override
    public boolean savesInput(int input) {
      return true;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor h) {
      return gradients(
          c.wants(0) ? conv(h, c.input(1), spec) : null,
          c.wants(1) ? convFilterGrad(h, c.input(0), spec, c.input(1).layout()) : null);
    }
  }

  record ConvFilterGrad(ConvSpec spec, Layout filter) implements Primitive {
    @Override
    public String name() {
      return "conv_filter_grad";
    }

    @Override
    public TensorSpec[] infer(Tensor[] in) {
      requireFloating(in);
      require(spec.outputShape(in[0].shape(), filter.shape()), in[1].shape(), "gradient");
      return new TensorSpec[] {new TensorSpec(filter.shape(), in[0].dtype())};
    }

    @Override
    public Layout outputLayout(int output, TensorSpec spec, Tensor[] in) {
      return Layout.inOrderOf(filter, spec.shape());
    }

    @Override
    public void run(Backend backend, View[] in, View[] out) {
      backend.convFilterGrad(spec, in[0], in[1], out[0]);
    }

    @Override
    public boolean savesInput(int input) {
      return true;
    }

    @Override
    public Tensor[] backward(GradientContext c, Tensor h) {
      return gradients(
          c.wants(0) ? convInputGrad(c.input(1), h, spec, c.inputShape(0)) : null,
          c.wants(1) ? conv(c.input(0), h, spec) : null);
    }
  }
}
