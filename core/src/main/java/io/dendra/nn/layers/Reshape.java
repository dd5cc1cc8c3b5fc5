package io.dendra.nn.layers;

import io.dendra.ops.OpException;
import io.dendra.ops.ShapeOps;
import io.dendra.serialization.Settings;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/**
 * The elements of each sample under another shape: {@code [batch, ...]} to {@code [batch,
 * *targetShape]}.
 *
 * <pre>{@code
 * new Reshape(28, 28, 1)
 * new Reshape(-1, 64)  // one length may be worked out
 * }</pre>
 */
public final class Reshape extends Layer {
  private final long[] target;

  /** A layer to samples of the given shape, in which one length may be -1 and is worked out. */
  public Reshape(long... targetShape) {
    long open = Arrays.stream(targetShape).filter(length -> length == -1).count();
    if (open > 1 || Arrays.stream(targetShape).anyMatch(length -> length < -1)) {
      throw new IllegalArgumentException(
          "Reshape needs lengths of at least 0, of which one may be -1 and is worked out, given "
              + Arrays.toString(targetShape));
    }
    this.target = targetShape.clone();
  }

  static Reshape from(Settings settings) {
    return new Reshape(Arrays.stream(settings.getInts("target_shape")).asLongStream().toArray());
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of("target_shape", Arrays.stream(target).boxed().toList());
  }

  @Override
  protected Tensor call(Tensor x, CallContext context) {
    long size = x.shape().slice(1, x.rank()).size();
    long known = Arrays.stream(target).filter(length -> length != -1).reduce(1, (a, b) -> a * b);
    long[] dims = new long[target.length + 1];
    dims[0] = x.dim(0);
    boolean fits = known == size;
    for (int i = 0; i < target.length; i++) {
      dims[i + 1] = target[i];
      if (target[i] == -1 && known != 0) {
        dims[i + 1] = size / known;
        fits = size % known == 0;
      }
    }
    if (!fits) {
      throw new OpException(
          "samples of shape "
              + x.shape().slice(1, x.rank())
              + " have "
              + size
              + " elements, which do not fit the shape "
              + Arrays.toString(target));
    }
    return ShapeOps.reshape(x, Shape.of(dims));
  }
}
