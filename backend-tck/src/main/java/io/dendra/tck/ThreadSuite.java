package io.dendra.tck;

import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Two threads at once give each the result that it gives alone, bit for bit. */
public abstract class ThreadSuite extends Suite {
  private static final int STEPS = 15;
  private static final int GRAPHS = 12;

  /** A suite over a backend. */
  protected ThreadSuite(TestedBackend backend) {
    super(backend);
  }

  /** What a thread does. */
  @FunctionalInterface
  private interface Work {
    NDArray[] on(Device device);
  }

  @TestFactory
  final Stream<DynamicTest> oneDevice() {
    return Stream.of(
        test("training on one device", device(), () -> compare(training(), 0)),
        test("random graphs on one device", device(), () -> compare(graphs(), 0)));
  }

  @TestFactory
  final Stream<DynamicTest> twoDevices() {
    return Stream.of(
        test("training on two devices", device(), () -> compare(training(), 1)),
        test("random graphs on two devices", device(), () -> compare(graphs(), 1)));
  }

  private static List<Work> training() {
    List<Work> works = new ArrayList<>();
    for (long seed = 0; seed < 3; seed++) {
      long own = seed;
      works.add(
          device -> {
            try (TensorScope scope = TensorScope.open()) {
              double[] losses = new SmallNetwork(own, DType.FLOAT32, device).train(STEPS);
              return new NDArray[] {NDArray.of(losses)};
            }
          });
    }
    return works;
  }

  private static List<Work> graphs() {
    List<Work> works = new ArrayList<>();
    for (long seed = 0; seed < 3; seed++) {
      long own = seed;
      works.add(
          device -> {
            List<NDArray> results = new ArrayList<>();
            for (int i = 0; i < GRAPHS; i++) {
              results.addAll(List.of(RandomGraph.of(1000 * own + i).run(device)));
            }
            return results.toArray(new NDArray[0]);
          });
    }
    return works;
  }

  private void compare(List<Work> works, int otherDevice) throws Exception {
    List<NDArray[]> alone = new ArrayList<>();
    for (int i = 0; i < works.size(); i++) {
      alone.add(works.get(i).on(backend().device(i % 2 * otherDevice)));
    }
    CyclicBarrier start = new CyclicBarrier(works.size());
    List<FutureTask<NDArray[]>> tasks = new ArrayList<>();
    for (int i = 0; i < works.size(); i++) {
      Work work = works.get(i);
      Device device = backend().device(i % 2 * otherDevice);
      FutureTask<NDArray[]> task =
          new FutureTask<>(
              () -> {
                start.await();
                return work.on(device);
              });
      Thread thread = new Thread(task, "tck-" + i);
      thread.setDaemon(true);
      thread.start();
      tasks.add(task);
    }
    for (int i = 0; i < works.size(); i++) {
      Closeness.assertSame(tasks.get(i).get(), alone.get(i));
    }
  }
}
