package io.dendra.backend.plan;

import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import java.util.Arrays;
import java.util.BitSet;

/** What a recorded call does to its operands. */
sealed interface Operation {
  /** The name in listings. */
  String name();

  /**
   * Does it.
   *
   * @param numbers those of now, or null to do it with the numbers it was recorded with
   */
  void run(Backend backend, ReplayVariables numbers, View[] in, View[] out);

  /** It on operands that stay, with all at hand that does not change from run to run. */
  default Bound on(View[] in, View[] out) {
    return (backend, numbers) -> run(backend, numbers, in, out);
  }

  /** An operation and its operands. */
  interface Bound {
    /** Does it, with numbers as {@link Operation#run} takes them. */
    void run(Backend backend, ReplayVariables numbers);
  }

  /** Whether it does something else at each replay. */
  default boolean varies() {
    return false;
  }

  /** See {@link Backend#unary}. */
  record Unary(UnaryOp op) implements Operation {
    @Override
    public String name() {
      return op.name();
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      backend.unary(op, in[0], out[0]);
    }
  }

  /** See {@link Backend#binary}. */
  record Binary(BinaryOp op) implements Operation {
    @Override
    public String name() {
      return op.name();
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      backend.binary(op, in[0], in[1], out[0]);
    }
  }

  /** See {@link Backend#binaryScalar}. */
  record Scalar(BinaryOp op, double scalar, boolean scalarFirst) implements Operation {
    @Override
    public String name() {
      return op.name();
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      backend.binaryScalar(op, in[0], scalar, scalarFirst, out[0]);
    }
  }

  /** See {@link Backend#conv}. */
  record Conv(ConvSpec spec) implements Operation {
    @Override
    public String name() {
      return "conv";
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      backend.conv(spec, in[0], in[1], out[0]);
    }
  }

  /** See {@link Backend#random}. */
  record Draw(RandomOp op, long key, long counter, boolean varies) implements Operation {
    @Override
    public String name() {
      return op.name();
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      backend.random(op, varies && numbers != null ? numbers.now(key) : key, counter, out[0]);
    }
  }

  /** See {@link FusedKernel#forward}. */
  record Forward(FusedOp op, FusedKernel kernel, boolean varies) implements Operation {
    @Override
    public String name() {
      return op.label();
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      FusedKernel now = varies && numbers != null ? backend.fused(numbers.now(op), in) : kernel;
      now.forward(in, out);
    }
  }

  /**
   * See {@link FusedKernel#backward}. Reads the inputs, the outputs and the gradients that are
   * there, writes the gradients that are wanted.
   */
  record Backward(
      FusedOp op,
      FusedKernel kernel,
      boolean varies,
      int inputs,
      int outputs,
      int gradOutputs,
      BitSet given,
      BitSet wanted)
      implements Operation {
    @Override
    public String name() {
      return op.label() + "_grad";
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      on(in, out).run(backend, numbers);
    }

    @Override
    public Bound on(View[] in, View[] out) {
      View[] forwardIn = Arrays.copyOf(in, inputs);
      View[] forwardOut = Arrays.copyOfRange(in, inputs, inputs + outputs);
      View[] gradients = spread(in, inputs + outputs, given, gradOutputs);
      View[] results = spread(out, 0, wanted, inputs);
      return (backend, numbers) -> {
        FusedKernel now =
            varies && numbers != null ? backend.fused(numbers.now(op), forwardIn) : kernel;
        now.backward(forwardIn, forwardOut, gradients, results);
      };
    }

    private static View[] spread(View[] dense, int from, BitSet places, int length) {
      View[] result = new View[length];
      int next = from;
      for (int i = 0; i < length; i++) {
        if (places.get(i)) {
          result[i] = dense[next++];
        }
      }
      return result;
    }
  }

  /** Any other method of a backend. */
  record Other(String name, Body body) implements Operation {
    /** Calls the method. */
    interface Body {
      /** Calls it with these operands. */
      void run(Backend backend, View[] in, View[] out);
    }

    @Override
    public void run(Backend backend, ReplayVariables numbers, View[] in, View[] out) {
      body.run(backend, in, out);
    }
  }
}
