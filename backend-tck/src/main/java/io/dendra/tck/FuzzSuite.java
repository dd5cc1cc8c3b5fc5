package io.dendra.tck;

import io.dendra.config.Config;
import io.dendra.tensor.NDArray;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Random graphs of ops against the reference: values and gradients.
 *
 * <p>{@code -Ddendra.tck.fuzz.count} says how many, {@code -Ddendra.tck.fuzz.seed} runs the one of
 * a seed that a failure has named.
 */
public abstract class FuzzSuite extends Suite {
  private static final String COUNT = "dendra.tck.fuzz.count";
  private static final String SEED = "dendra.tck.fuzz.seed";

  /** A suite over a backend. */
  protected FuzzSuite(TestedBackend backend) {
    super(backend);
  }

  @TestFactory
  final Stream<DynamicTest> randomGraphs() {
    LongStream seeds =
        Config.get(SEED)
            .map(seed -> LongStream.of(Long.parseLong(seed)))
            .orElseGet(() -> LongStream.range(0, setting(COUNT, 200)));
    return seeds.mapToObj(seed -> test("seed " + seed, device(), () -> compare(seed)));
  }

  private void compare(long seed) {
    RandomGraph graph = RandomGraph.of(seed);
    try {
      NDArray[] expected = graph.run(TestedBackend.REFERENCE);
      Closeness.assertClose(graph.run(device()), expected, graph.tolerance());
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          e.getMessage()
              + "\nThe graph is\n"
              + graph
              + "\nrun it again with -D"
              + SEED
              + "="
              + seed,
          e);
    }
  }
}
