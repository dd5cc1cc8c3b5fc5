package io.dendra.benchmarks.peers;

import io.dendra.backend.FusedOp;

/** Where the time of a step goes. */
enum Part {
  MATMUL("matmul"),
  CONVOLUTION("convolution"),
  RECURRENT("recurrent layer"),
  NORMALIZATION("normalisation, softmax"),
  POOLING("pooling"),
  ELEMENTWISE("elementwise"),
  REDUCTION("reduction"),
  INDEXING("indexing"),
  OPTIMIZER("optimizer"),
  COPY("copies and fills"),
  TRANSFER("to and from Java arrays"),
  ALLOCATION("memory from the system"),
  REPLAY("replayed steps"),
  LOOKUP("look-up of fused kernels"),
  OTHER("other calls");

  private final String label;

  Part(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** The part that a method of {@link io.dendra.backend.Backend} belongs to. */
  static Part ofMethod(String method) {
    return switch (method) {
      case "matmul" -> MATMUL;
      case "conv", "convInputGrad", "convFilterGrad" -> CONVOLUTION;
      case "maxPool", "avgPool", "avgPoolGrad" -> POOLING;
      case "unary", "binary", "binaryScalar", "compare", "where", "cast", "random" -> ELEMENTWISE;
      case "reduce", "argReduce", "cumulativeSum", "topK" -> REDUCTION;
      case "gather", "scatterAdd", "takeAlong", "putAlongAdd", "checkLabels" -> INDEXING;
      case "copy", "fill" -> COPY;
      case "fromHost", "toHost", "copyFrom" -> TRANSFER;
      case "allocate", "free" -> ALLOCATION;
      case "replay" -> REPLAY;
      case "fused" -> LOOKUP;
      default -> OTHER;
    };
  }

  /** The part that the kernel of a fused op belongs to. */
  static Part ofFused(FusedOp op) {
    return switch (op.label()) {
      case "linear", "attention" -> MATMUL;
      case "conv_bias" -> CONVOLUTION;
      case "lstm", "gru" -> RECURRENT;
      case "dropout", "gelu", "elementwise_chain" -> ELEMENTWISE;
      case "softmax", "log_softmax", "softmax_cross_entropy", "layer_norm", "batch_norm" ->
          NORMALIZATION;
      case "sgd_step", "adam_step", "steps" -> OPTIMIZER;
      case "sum_of_squares" -> REDUCTION;
      default -> OTHER;
    };
  }
}
