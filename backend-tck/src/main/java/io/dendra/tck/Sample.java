package io.dendra.tck;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.tensor.DType;
import io.dendra.tensor.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * A call of an op with operands to make for it.
 *
 * @param label what is special about it
 * @param call the op
 * @param operands how to make its operands
 * @param smooth whether the call has gradients at these operands
 * @param key where its random numbers come from
 */
public record Sample(
    String label, OpCall call, List<Operand> operands, boolean smooth, RandomKey key) {
  /** The operands, the same at every call. */
  public NDArray[] draw(DType running) {
    NDArray[] drawn = new NDArray[operands.size()];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = operands.get(i).draw(new RandomStream(key.fold(i)), running);
    }
    return drawn;
  }

  /** The places of the operands that gradients are taken by. */
  List<Integer> tracked(DType running) {
    List<Integer> tracked = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i).takesGradient(running)) {
        tracked.add(i);
      }
    }
    return tracked;
  }
}
