package io.dendra.backend.cpu;

import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cosh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sinh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tan;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Functions over long stretches of our memory of doubles by ND4J, which sees them as arrays without
 * a copy.
 */
final class Nd4jArrays {
  /** Below this ND4J's cost per call, some hundred microseconds, is more than it saves. */
  private static final long WORTHWHILE = 1 << 15;

  /** Starts ND4J: without a word, without its periodic garbage collection. */
  Nd4jArrays(int threads) {
    if (System.getProperty("org.nd4j.log.initialization") == null) {
      System.setProperty("org.nd4j.log.initialization", "false");
    }
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    Nd4j.getMemoryManager().setAutoGcWindow(Integer.MAX_VALUE);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
  }

  /** The version of ND4J on the class path. */
  static String version() {
    Properties properties = new Properties();
    String path = "/META-INF/maven/org.nd4j/nd4j-native/pom.properties";
    try (InputStream in = Nd4j.class.getResourceAsStream(path)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the version of ND4J cannot be read", e);
    }
    return properties.getProperty("version", "of unknown version");
  }

  boolean unary(UnaryOp op, View x, View out) {
    boolean worthwhile = out.layout().size() >= WORTHWHILE && out.dtype() == DType.FLOAT64;
    return worthwhile && Loop.flat(x.layout(), out.layout()) && run(op, wrap(x), wrap(out));
  }

  private static boolean run(UnaryOp op, INDArray x, INDArray out) {
    switch (op) {
      case EXP -> Nd4j.getExecutioner().exec(new Exp(x, out));
      case LOG -> Nd4j.getExecutioner().exec(new Log(x, out));
      case SIN -> Nd4j.getExecutioner().exec(new Sin(x, out));
      case COS -> Nd4j.getExecutioner().exec(new Cos(x, out));
      case TAN -> Nd4j.getExecutioner().exec(new Tan(x, out));
      case SINH -> Nd4j.getExecutioner().exec(new Sinh(x, out));
      case COSH -> Nd4j.getExecutioner().exec(new Cosh(x, out));
      case TANH -> Nd4j.getExecutioner().exec(new Tanh(x, out));
      case SIGMOID -> Nd4j.getExecutioner().exec(new Sigmoid(x, out));
      case ERF -> Nd4j.getExecutioner().exec(new Erf(x, out));
      case NEG,
          ABS,
          SIGN,
          SQUARE,
          SQRT,
          RSQRT,
          RECIPROCAL,
          EXPM1,
          LOG1P,
          ATAN,
          RELU,
          SOFTPLUS,
          FLOOR,
          CEIL,
          ROUND -> {
        return false;
      }
    }
    return true;
  }

  /** The memory of a gapless view as a vector. */
  private static INDArray wrap(View view) {
    long size = view.layout().size();
    long address = CpuBuffer.address(view);
    DataBuffer buffer = Nd4j.createBuffer(new Doubles(address, size), size, DataType.DOUBLE);
    return Nd4j.create(buffer, size);
  }

  /** Memory that is not the pointer's own: it has no deallocator. */
  private static final class Doubles extends DoublePointer {
    Doubles(long start, long size) {
      super((Pointer) null);
      address = start;
      limit = size;
      capacity = size;
    }
  }
}
