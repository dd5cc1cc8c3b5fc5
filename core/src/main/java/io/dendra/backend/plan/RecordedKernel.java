package io.dendra.backend.plan;

import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.View;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;

/** Notes the calls of a kernel. */
record RecordedKernel(RecordingBackend recording, FusedOp op, FusedKernel kernel, boolean varies)
    implements FusedKernel {
  @Override
  public void forward(View[] inputs, View[] outputs) {
    recording.note(new Operation.Forward(op, kernel, varies), inputs, outputs);
  }

  @Override
  public boolean hasBackward() {
    return kernel.hasBackward();
  }

  @Override
  public TensorSpec[] saved(View[] inputs) {
    return kernel.saved(inputs);
  }

  @Override
  public void backward(View[] inputs, View[] outputs, View[] gradOutputs, View[] gradInputs) {
    List<View> reads = new ArrayList<>();
    Collections.addAll(reads, inputs);
    Collections.addAll(reads, outputs);
    BitSet given = present(gradOutputs, reads);
    List<View> writes = new ArrayList<>();
    BitSet wanted = present(gradInputs, writes);
    recording.note(
        new Operation.Backward(
            op, kernel, varies, inputs.length, outputs.length, gradOutputs.length, given, wanted),
        reads.toArray(new View[0]),
        writes.toArray(new View[0]));
  }

  private static BitSet present(View[] views, List<View> into) {
    BitSet places = new BitSet();
    for (int i = 0; i < views.length; i++) {
      if (views[i] != null) {
        places.set(i);
        into.add(views[i]);
      }
    }
    return places;
  }
}
