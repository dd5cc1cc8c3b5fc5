package io.dendra.benchmarks;

import io.dendra.backend.Backends;
import io.dendra.config.Config;
import io.dendra.tensor.TensorScope;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks share: the CPU backend with one of its engines, and the quick settings that
 * JMH's options override.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class CpuBenchmark {
  @Param({"onednn", "nd4j"})
  public String engine;

  /** Starts the engine, then makes the operands. */
  @Setup
  public final void start() {
    startEngine(engine);
    prepare();
  }

  /** Makes the operands. */
  protected abstract void prepare();

  /** Runs in a scope, so that an invocation also pays for releasing what it made. */
  protected static <T> T released(Supplier<T> body) {
    try (TensorScope scope = TensorScope.open("benchmark")) {
      return body.get();
    }
  }

  /**
   * Makes the CPU backend with an engine the default.
   *
   * @throws IllegalStateException when this process has started it with the other engine
   */
  static void startEngine(String name) {
    Config.set(Backends.FLAG, "cpu");
    Config.set("dendra.cpu.engine", name);
    Backends.open(Backends.defaultDevice());
    String running = Backends.provider("cpu").details().get("engine");
    if (!name.equals(running)) {
      throw new IllegalStateException(
          "this process computes with engine "
              + running
              + " and cannot change to "
              + name
              + ": give each engine a process of its own, with at least one fork (-f 1)");
    }
  }
}
