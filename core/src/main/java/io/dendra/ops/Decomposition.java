package io.dendra.ops;

import io.dendra.autograd.Autograd;
import io.dendra.autograd.GradientContext;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** An op written in other ops: what defines a fused op, and where its gradients can come from. */
@FunctionalInterface
public interface Decomposition {
  /** The outputs in terms of the inputs. */
  Tensor[] apply(Tensor[] in);

  /**
   * The gradients of an op that saved its inputs, by running its decomposition again and walking
   * back through it. When gradients are being recorded the result can be differentiated again.
   */
  static Tensor[] gradients(Decomposition decomposition, GradientContext c) {
    int n = c.inputCount();
    boolean higherOrder = Autograd.isRecording();
    Tensor[] in = new Tensor[n];
    List<Tensor> wanted = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Tensor saved = c.input(i);
      if (c.wants(i)) {
        // A cut: the inner walk has to stop here, and must not pass through one input to another
        // that it was computed from. To the outer graph the cut is the identity.
        in[i] = higherOrder ? ShapeOps.identity(saved) : saved.detach().requiresGrad();
        wanted.add(in[i]);
      } else {
        in[i] = saved;
      }
    }
    Tensor[] result = new Tensor[n];
    Autograd.withRecording(
        () -> {
          Tensor[] out = decomposition.apply(in);
          List<Tensor> gradients = null;
          for (int i = 0; i < out.length; i++) {
            Tensor g = c.gradOutput(i);
            if (g != null && out[i].isTracked()) {
              List<Tensor> part =
                  Autograd.grad(
                      out[i],
                      wanted,
                      o -> {
                        o.gradOutput(g).allowUnused().retainGraph();
                        return higherOrder ? o.createGraph() : o;
                      });
              gradients = gradients == null ? part : sum(gradients, part);
            }
          }
          for (int i = 0, j = 0; i < n && gradients != null; i++) {
            if (c.wants(i)) {
              result[i] = gradients.get(j++);
            }
          }
        });
    return result;
  }

  private static List<Tensor> sum(List<Tensor> a, List<Tensor> b) {
    List<Tensor> sums = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      sums.add(a.get(i).add(b.get(i)));
    }
    return sums;
  }
}
