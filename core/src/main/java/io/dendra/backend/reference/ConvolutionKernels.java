package io.dendra.backend.reference;

import io.dendra.backend.ConvSpec;
import io.dendra.backend.View;
import io.dendra.tensor.Shape;
import java.util.Arrays;

/**
 * Convolution and its two gradients as matrix products with the patches of the input: a row per
 * channel and tap of the filter, a column per place of the output.
 */
final class ConvolutionKernels {
  private final WindowPlaces places;
  private final int batch;
  private final int groups;
  private final int groupChannels;
  private final int groupFilters;
  private final int rows;
  private final int columns;
  private final double[] patches;

  private ConvolutionKernels(ConvSpec spec, Shape x, Shape w, Shape out) {
    places = WindowPlaces.of(spec, x, w, out);
    batch = (int) x.dim(0);
    groups = spec.groups();
    groupChannels = (int) w.dim(1);
    groupFilters = (int) w.dim(0) / groups;
    rows = groupChannels * places.taps;
    columns = places.outputs;
    patches = new double[Math.multiplyExact(rows, columns)];
  }

  static void conv(ConvSpec spec, View x, View w, View out) {
    var kernel = new ConvolutionKernels(spec, x.shape(), w.shape(), out.shape());
    double[] sums = zeros(out);
    kernel.forward(reals(x), reals(w), sums);
    Elements.of(out).setReals(sums);
  }

  static void inputGrad(ConvSpec spec, View gradOut, View w, View out) {
    var kernel = new ConvolutionKernels(spec, out.shape(), w.shape(), gradOut.shape());
    double[] sums = zeros(out);
    kernel.inputGrad(reals(gradOut), reals(w), sums);
    Elements.of(out).setReals(sums);
  }

  static void filterGrad(ConvSpec spec, View x, View gradOut, View out) {
    var kernel = new ConvolutionKernels(spec, x.shape(), out.shape(), gradOut.shape());
    double[] sums = zeros(out);
    kernel.filterGrad(reals(x), reals(gradOut), sums);
    Elements.of(out).setReals(sums);
  }

  /** {@code out = w · patches}. */
  private void forward(double[] x, double[] w, double[] out) {
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < groups; g++) {
        readPatches(x, inputAt(n, g));
        for (int f = 0; f < groupFilters; f++) {
          for (int r = 0; r < rows; r++) {
            double weight = w[filterAt(g, f) + r];
            DenseRows.addScaled(out, outputAt(n, g, f), weight, patches, r * columns, columns);
          }
        }
      }
    }
  }

  /** {@code patches of out += wᵀ · gradOut}. */
  private void inputGrad(double[] gradOut, double[] w, double[] out) {
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < groups; g++) {
        Arrays.fill(patches, 0);
        for (int f = 0; f < groupFilters; f++) {
          for (int r = 0; r < rows; r++) {
            double weight = w[filterAt(g, f) + r];
            DenseRows.addScaled(patches, r * columns, weight, gradOut, outputAt(n, g, f), columns);
          }
        }
        addPatches(out, inputAt(n, g));
      }
    }
  }

  /** {@code out += gradOut · patchesᵀ}. */
  private void filterGrad(double[] x, double[] gradOut, double[] out) {
    for (int n = 0; n < batch; n++) {
      for (int g = 0; g < groups; g++) {
        readPatches(x, inputAt(n, g));
        for (int f = 0; f < groupFilters; f++) {
          for (int r = 0; r < rows; r++) {
            out[filterAt(g, f) + r] +=
                DenseRows.dot(gradOut, outputAt(n, g, f), patches, r * columns, columns);
          }
        }
      }
    }
  }

  private void readPatches(double[] x, int at) {
    for (int r = 0; r < rows; r++) {
      int channelAt = at + r / places.taps * places.inputs;
      for (int place = 0; place < columns; place++) {
        int element = places.element(r % places.taps, place);
        patches[r * columns + place] = element == WindowPlaces.PADDING ? 0 : x[channelAt + element];
      }
    }
  }

  private void addPatches(double[] x, int at) {
    for (int r = 0; r < rows; r++) {
      int channelAt = at + r / places.taps * places.inputs;
      for (int place = 0; place < columns; place++) {
        int element = places.element(r % places.taps, place);
        if (element != WindowPlaces.PADDING) {
          x[channelAt + element] += patches[r * columns + place];
        }
      }
    }
  }

  private int inputAt(int n, int group) {
    return (n * groups + group) * groupChannels * places.inputs;
  }

  private int filterAt(int group, int filter) {
    return (group * groupFilters + filter) * rows;
  }

  private int outputAt(int n, int group, int filter) {
    return ((n * groups + group) * groupFilters + filter) * columns;
  }

  private static double[] reals(View view) {
    return Elements.of(view).reals(view.layout());
  }

  private static double[] zeros(View view) {
    return new double[Math.toIntExact(view.layout().size())];
  }
}
