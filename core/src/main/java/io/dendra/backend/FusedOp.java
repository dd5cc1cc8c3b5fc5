package io.dendra.backend;

import java.util.List;

/**
 * Compositions for which a backend may have a faster kernel.
 *
 * <p>Each has a decomposition in plain ops, which defines it; {@link Backend#fused} says whether
 * there is a kernel. The records hold the attributes, the operands are listed with each. Adding one
 * fails the build of the conformance kit until it has a sample.
 */
public sealed interface FusedOp {
  /** The name in graphs, profiles and errors. */
  String label();

  /**
   * Whether 16-bit operands are computed with in float32 throughout, and only the outputs rounded
   * to 16 bits; if not, each op of the decomposition rounds. A kernel may always round later than
   * the definition does. Operands of the two widths may be mixed: normalisation takes 16-bit
   * activations and float32 weights.
   */
  default boolean isWide() {
    return true;
  }

  /**
   * An activation applied to the result while it is at hand; chosen so that its derivative follows
   * from its value.
   */
  enum Epilogue {
    NONE,
    RELU,
    TANH,
    SIGMOID
  }

  /**
   * {@code epilogue(x · w + b)}. Inputs x {@code [rows, in]}, w {@code [in, out]}, b {@code [out]};
   * output {@code [rows, out]}.
   */
  record Linear(Epilogue epilogue) implements FusedOp {
    @Override
    public String label() {
      return "linear";
    }

    @Override
    public boolean isWide() {
      return false;
    }
  }

  /**
   * {@code epilogue(conv(x, w) + b)}. Inputs x {@code [batch, channels, *spatial]}, w {@code
   * [filters, channels / groups, *kernel]}, b {@code [filters]}; output {@code [batch, filters,
   * *outSpatial]}.
   */
  record ConvBias(ConvSpec spec, Epilogue epilogue) implements FusedOp {
    @Override
    public String label() {
      return "conv_bias";
    }

    @Override
    public boolean isWide() {
      return false;
    }
  }

  /**
   * The greatest element of each window, padding below every number. Input x {@code [batch,
   * channels, *spatial]}; output {@code [batch, channels, *outSpatial]}. The gradient goes to the
   * first element that equals the output, in row-major order, or to the first NaN.
   */
  record MaxPool(PoolSpec spec) implements FusedOp {
    @Override
    public String label() {
      return "max_pool";
    }

    @Override
    public boolean isWide() {
      return false;
    }
  }

  /**
   * The gradient of {@code max(x, 0)}: g where y is above 0, else 0. Inputs y, what it gave, and g,
   * the gradient of y; output of their shape.
   */
  record ReluGrad() implements FusedOp {
    @Override
    public String label() {
      return "relu_grad";
    }

    @Override
    public boolean isWide() {
      return false;
    }
  }

  /** Exponentials that sum to 1 along an axis (not negative). Input x; output of its shape. */
  record Softmax(int axis) implements FusedOp {
    @Override
    public String label() {
      return "softmax";
    }
  }

  /** The logarithm of {@link Softmax}. Input x; output of its shape. */
  record LogSoftmax(int axis) implements FusedOp {
    @Override
    public String label() {
      return "log_softmax";
    }
  }

  /**
   * Cross-entropy per row from logits and class numbers. Inputs logits {@code [rows, classes]},
   * labels int64 {@code [rows]} (checked to be in range before the call); output {@code [rows]},
   * float32 for 16-bit logits.
   */
  record SoftmaxCrossEntropy() implements FusedOp {
    @Override
    public String label() {
      return "softmax_cross_entropy";
    }
  }

  /**
   * {@code (x - mean) / sqrt(variance + epsilon) * gamma + beta} over the last axis. Inputs x
   * {@code [rows, features]}, gamma and beta {@code [features]}; output {@code [rows, features]}.
   */
  record LayerNorm(double epsilon) implements FusedOp {
    @Override
    public String label() {
      return "layer_norm";
    }
  }

  /**
   * Batch normalisation in training over channel axis 1. Inputs x {@code [batch, channels,
   * *spatial]}, gamma and beta {@code [channels]}; outputs y of x's shape, the batch's mean {@code
   * [channels]} and its biased variance {@code [channels]}, both float32 for a 16-bit x.
   */
  record BatchNorm(double epsilon) implements FusedOp {
    @Override
    public String label() {
      return "batch_norm";
    }
  }

  /**
   * {@link BatchNorm} with what often follows it: {@code max(y, 0)}, or {@code max(y + r, 0)} with
   * a residual operand. Inputs x, gamma and beta, with {@code residual} also r of x's shape;
   * outputs that of x's shape, the mean and the variance. A kernel gives the bits of the ops run
   * one by one.
   */
  record BatchNormRelu(double epsilon, boolean residual) implements FusedOp {
    @Override
    public String label() {
      return "batch_norm_relu";
    }
  }

  /**
   * Sets elements to zero with probability {@code rate} and divides the others by {@code 1 - rate};
   * an element stays when the {@link RandomOp#UNIFORM} draw at its logical place is at least {@code
   * rate}. Input x; output of its shape.
   */
  record Dropout(double rate, long key, long counter) implements FusedOp {
    @Override
    public String label() {
      return "dropout";
    }
  }

  /** {@code x Φ(x)}, or its tanh approximation. Input x; output of its shape. */
  record Gelu(boolean approximate) implements FusedOp {
    @Override
    public String label() {
      return "gelu";
    }
  }

  /**
   * A layer of LSTM cells over a sequence, gates in the order of Keras (input, forget, cell,
   * output), tanh and sigmoid. Inputs x {@code [batch, time, features]}, kernel {@code [features, 4
   * units]}, recurrent kernel {@code [units, 4 units]}, bias {@code [4 units]}, h0 and c0 {@code
   * [batch, units]}; outputs the sequence of h {@code [batch, time, units]}, and the last h and c
   * {@code [batch, units]}.
   */
  record Lstm() implements FusedOp {
    @Override
    public String label() {
      return "lstm";
    }
  }

  /**
   * A layer of gated recurrent units over a sequence, gates in the order of Keras (update, reset,
   * candidate), sigmoid and tanh, the reset gate behind the recurrent product ({@code
   * reset_after}): {@code h' = z h + (1 - z) tanh(x + r inner)}, {@code inner} from {@code h} times
   * the recurrent kernel plus the second bias. The form that resets before the product has no fused
   * op. Inputs x {@code [batch, time, features]}, kernel {@code [features, 3 units]}, recurrent
   * kernel {@code [units, 3 units]}, bias {@code [2, 3 units]}, h0 {@code [batch, units]}; outputs
   * the sequence of h {@code [batch, time, units]}, and the last h {@code [batch, units]}.
   */
  record Gru() implements FusedOp {
    @Override
    public String label() {
      return "gru";
    }
  }

  /**
   * {@code softmax(q kᵀ · scale) v}. Inputs q {@code [batch, heads, queries, size]}, k {@code
   * [batch, heads, keys, size]}, v {@code [batch, heads, keys, valueSize]}; with {@code masked}
   * also a boolean mask that broadcasts to {@code [batch, heads, queries, keys]}, false where
   * attention is barred; output {@code [batch, heads, queries, valueSize]}.
   */
  record Attention(double scale, boolean masked) implements FusedOp {
    @Override
    public String label() {
      return "attention";
    }

    @Override
    public boolean isWide() {
      return false;
    }
  }

  /**
   * A step of gradient descent, {@code v' = momentum v - rate g}, {@code p' = p + v'} (Nesterov:
   * {@code p' = p + momentum v' - rate g}). Inputs p, g, v of one shape; outputs p', v', which may
   * lie over p and v. Without momentum there is no v: inputs p, g, output p'.
   */
  record SgdStep(double rate, double momentum, boolean nesterov) implements FusedOp {
    /** Whether v is an operand. */
    public boolean hasVelocity() {
      return momentum != 0;
    }

    @Override
    public String label() {
      return "sgd_step";
    }
  }

  /**
   * A step of Adam: {@code m' = m + (1 - beta1)(g - m)}, {@code v' = v + (1 - beta2)(g² - v)},
   * {@code p' = p (1 - decay) - alpha m' / (sqrt(v') + epsilon)}, where {@code alpha} is the
   * learning rate with the bias correction of the step already in it and {@code decay} the learning
   * rate times the decoupled weight decay. Inputs p, g, m, v of one shape; outputs p', m', v',
   * which may lie over p, m and v.
   */
  record AdamStep(double alpha, double beta1, double beta2, double epsilon, double decay)
      implements FusedOp {
    @Override
    public String label() {
      return "adam_step";
    }
  }

  /**
   * The steps of several parameters, each a {@link SgdStep} or an {@link AdamStep} by itself.
   * Inputs are those of the first, of the second and so on; outputs likewise.
   */
  record Steps(List<FusedOp> each) implements FusedOp {
    /** Keeps a copy of the list. */
    public Steps {
      each = List.copyOf(each);
    }

    @Override
    public String label() {
      return "steps";
    }
  }

  /**
   * The sum of the squares of all elements of all inputs, in float64: finite only if all of them
   * are. Inputs any number of floats; output a scalar of float64.
   */
  record SumOfSquares() implements FusedOp {
    @Override
    public String label() {
      return "sum_of_squares";
    }

    @Override
    public boolean isWide() {
      return false;
    }
  }

  /**
   * Several elementwise functions in one pass over memory, as a small program. Operands have
   * numbers: {@code 0 … inputs - 1} are the inputs, {@code inputs + i} is the result of instruction
   * i. Inputs are {@code inputs} tensors of one floating type, all of the shape of the outputs
   * (broadcast dimensions with stride 0); outputs are the operands that {@code results} lists, in
   * that order, each of that shape and type. An output may lie exactly over an input of the same
   * layout. A kernel gives the bits of the instructions run one by one.
   *
   * @param inputs how many inputs there are
   * @param instructions what is computed, in order
   * @param results the numbers of the instructions' results that are wanted
   */
  record Chain(int inputs, List<Instruction> instructions, List<Integer> results)
      implements FusedOp {
    /** One function of operands that come before it. */
    public sealed interface Instruction {
      /** {@code op(x)}. */
      record Unary(UnaryOp op, int x) implements Instruction {}

      /** {@code op(a, b)}. */
      record Binary(BinaryOp op, int a, int b) implements Instruction {}

      /** {@code op(a, scalar)}, or {@code op(scalar, a)}. */
      record Scalar(BinaryOp op, int a, double scalar, boolean scalarFirst)
          implements Instruction {}
    }

    /**
     * Keeps copies of the lists.
     *
     * @throws IllegalArgumentException when an operand is not there yet where it is used, a result
     *     is not an instruction's, or an op takes booleans
     */
    public Chain {
      instructions = List.copyOf(instructions);
      results = List.copyOf(results);
      require(inputs > 0 && !results.isEmpty(), "at least one input and one result", results);
      for (int i = 0; i < instructions.size(); i++) {
        Instruction next = instructions.get(i);
        int known = inputs + i;
        boolean fits;
        if (next instanceof Instruction.Unary unary) {
          fits = isIn(unary.x(), 0, known);
        } else if (next instanceof Instruction.Binary binary) {
          fits =
              isIn(binary.a(), 0, known) && isIn(binary.b(), 0, known) && !binary.op().isLogical();
        } else {
          Instruction.Scalar scalar = (Instruction.Scalar) next;
          fits = isIn(scalar.a(), 0, known) && !scalar.op().isLogical();
        }
        require(fits, "functions of floats of operands before " + known, next);
      }
      for (int result : results) {
        require(
            isIn(result, inputs, inputs + instructions.size()),
            "results of its " + instructions.size() + " instructions, from " + inputs + " on",
            result);
      }
    }

    private static boolean isIn(int operand, int from, int to) {
      return operand >= from && operand < to;
    }

    private static void require(boolean holds, String what, Object given) {
      if (!holds) {
        throw new IllegalArgumentException(
            "an elementwise chain takes " + what + ", given " + given);
      }
    }

    @Override
    public boolean isWide() {
      return false;
    }

    @Override
    public String label() {
      return "elementwise_chain";
    }
  }
}
