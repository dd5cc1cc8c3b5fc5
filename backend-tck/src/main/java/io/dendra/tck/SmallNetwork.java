package io.dendra.tck;

import io.dendra.autograd.Autograd;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedOp.Epilogue;
import io.dendra.backend.PoolSpec;
import io.dendra.ops.NN;
import io.dendra.ops.Pooling;
import io.dendra.ops.RandomOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * A small convolutional network with batch normalisation and dropout, and its training by gradient
 * descent with momentum, all in ops. {@code golden.py} holds the same in PyTorch.
 */
final class SmallNetwork {
  private static final Shape[] PARAMETERS = {
    Shape.of(4, 1, 3, 3),
    Shape.of(4),
    Shape.of(4),
    Shape.of(4),
    Shape.of(6, 4, 3, 3),
    Shape.of(6),
    Shape.of(6, 5),
    Shape.of(5)
  };
  private static final ConvSpec SAME =
      new ConvSpec(new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, 1);
  private static final PoolSpec HALF =
      new PoolSpec(new int[] {2, 2}, new int[] {2, 2}, new int[2], new int[2]);
  private static final double RATE = 0.1;
  private static final double MOMENTUM = 0.9;

  private final RandomKey seed;
  private final Tensor x;
  private final Tensor labels;
  private final List<Tensor> parameters = new ArrayList<>();
  private final List<Tensor> velocities = new ArrayList<>();

  SmallNetwork(long seed, DType dtype, Device device) {
    this.seed = RandomKey.of(seed);
    x = uniform(0, Shape.of(8, 1, 8, 8), device).cast(dtype);
    long[] classes = new long[8];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (3L * i + 1) % 5;
    }
    labels = Tensor.of(NDArray.of(classes), device);
    for (int i = 0; i < PARAMETERS.length; i++) {
      Tensor start = uniform(i + 1, PARAMETERS[i], device).sub(0.5).cast(dtype);
      parameters.add(start.detach().requiresGrad());
      velocities.add(Tensor.full(PARAMETERS[i], 0, dtype, device));
    }
  }

  private Tensor uniform(long place, Shape shape, Device device) {
    return RandomOps.uniform(seed.fold(place), shape, DType.FLOAT64, device);
  }

  /** The losses of some steps, each before the parameters move. */
  double[] train(int steps) {
    double[] losses = new double[steps];
    for (int step = 0; step < steps; step++) {
      int number = step;
      TensorScope.run(() -> losses[number] = step(number));
    }
    return losses;
  }

  private double step(int number) {
    Tensor loss = loss(number);
    List<Tensor> gradients = Autograd.grad(loss, parameters);
    for (int i = 0; i < parameters.size(); i++) {
      Tensor velocity = velocities.get(i);
      Tensor parameter = parameters.get(i);
      velocity.assign(velocity.mul(MOMENTUM).sub(gradients.get(i).mul(RATE)));
      parameter.assign(parameter.detach().add(velocity));
    }
    return loss.item();
  }

  private Tensor loss(int step) {
    Tensor y = NN.convBias(x, parameters.get(0), parameters.get(1), SAME, Epilogue.NONE);
    y = NN.batchNorm(y, parameters.get(2), parameters.get(3), 1e-3).y().relu();
    y = Pooling.maxPool(y, HALF);
    y = NN.convBias(y, parameters.get(4), parameters.get(5), ConvSpec.unit(2), Epilogue.TANH);
    y = Pooling.avgPool(y, HALF).reshape(8, 6);
    y = NN.dropout(y, 0.25, seed.fold(100 + step));
    Tensor logits = NN.linear(y, parameters.get(6), parameters.get(7), Epilogue.NONE);
    return NN.softmaxCrossEntropy(logits, labels).mean();
  }
}
