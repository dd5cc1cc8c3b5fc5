package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.tensor.NDArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PrefetchTest {
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

  private Dataset numbers(int n) {
    return Dataset.of(NDArray.of(IntStream.range(0, n).toArray()))
        .batch(1)
        .map(
            batch -> {
              workers.add(Thread.currentThread());
              return batch;
            });
  }

  private static List<Batch> read(Dataset dataset) {
    List<Batch> batches = new ArrayList<>();
    try (BatchIterator iterator = dataset.iterator(2)) {
      iterator.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(5);
    }
  }

  private void awaitWorkersToEnd() throws InterruptedException {
    await("workers end", () -> workers.stream().noneMatch(Thread::isAlive));
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBatches() throws InterruptedException {
    Dataset dataset =
        numbers(40)
            .shuffle(RandomKey.of(1))
            .map(
                RandomKey.of(2),
                (batch, key) ->
                    Batch.of(NDArray.of(new long[] {key.value(), batch.input().ints()[0]}, 1, 2)));
    List<Batch> expected = read(dataset);
    workers.clear();
    assertThat(read(dataset.prefetch(1, 1))).isEqualTo(expected);
    assertThat(read(dataset.prefetch(4, 3))).isEqualTo(expected);
    assertThat(read(dataset.prefetch(3, 8).prefetch(2))).isEqualTo(expected);
    assertThat(workers).allMatch(Thread::isDaemon);
    assertThat(workers)
        .extracting(Thread::getName)
        .allMatch(name -> name.matches("dendra-prefetch-[1-8]"));
    awaitWorkersToEnd();
  }

  @Test
  void noMoreThanTheBoundIsHeld() throws InterruptedException {
    AtomicInteger produced = new AtomicInteger();
    Dataset dataset =
        numbers(100)
            .map(
                batch -> {
                  produced.incrementAndGet();
                  return batch;
                })
            .prefetch(3, 2);
    try (BatchIterator iterator = dataset.iterator(0)) {
      iterator.next();
      await("four batches", () -> produced.get() == 4);
      Thread.sleep(50);
      assertThat(produced).hasValue(4);
    }
    awaitWorkersToEnd();
  }

  @Test
  void threadsEndWhenTheIteratorIsClosed() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    Dataset dataset =
        numbers(10)
            .map(
                batch -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    interrupted.set(true);
                  }
                  return batch;
                })
            .prefetch(2, 2);
    BatchIterator iterator = dataset.iterator(0);
    await("workers at work", () -> workers.size() == 2);
    iterator.close();
    awaitWorkersToEnd();
    assertThat(interrupted).isTrue();
    assertThat(iterator.hasNext()).isFalse();
  }

  @Test
  void threadsEndWhenTheIteratorIsDropped() throws InterruptedException {
    openAndDrop();
    await(
        "workers end",
        () -> {
          System.gc();
          return workers.stream().noneMatch(Thread::isAlive);
        });
  }

  /** In a frame of its own, so that no local variable holds the iterator. */
  private void openAndDrop() {
    assertThat(numbers(100).prefetch(2, 2).iterator(0).next().size()).isEqualTo(1);
    assertThat(workers).anyMatch(Thread::isAlive);
  }

  @Test
  void anErrorInAWorkerReachesTheReaderInItsPlace() throws InterruptedException {
    IllegalStateException broken = new IllegalStateException("picture 3 is broken");
    Dataset dataset =
        numbers(10)
            .map(
                batch -> {
                  if (batch.input().ints()[0] == 3) {
                    throw broken;
                  }
                  return batch;
                })
            .prefetch(4, 2);
    try (BatchIterator iterator = dataset.iterator(0)) {
      for (int i = 0; i < 3; i++) {
        assertThat(iterator.next().input().ints()).containsExactly(i);
      }
      assertThatThrownBy(iterator::next)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("picture 3 is broken")
          .hasCause(broken);
      assertThat(iterator.hasNext()).isFalse();
    }
    awaitWorkersToEnd();
  }

  @Test
  void anErrorInTheGeneratorReachesTheReader() {
    Dataset dataset =
        Dataset.generator(
                () -> {
                  Iterator<Integer> numbers = List.of(0, 1).iterator();
                  return new Iterator<Batch>() {
                    @Override
                    public boolean hasNext() {
                      return true;
                    }

                    @Override
                    public Batch next() {
                      return Batch.of(NDArray.of(new int[] {numbers.next()}));
                    }
                  };
                })
            .prefetch(2, 2);
    assertThatThrownBy(() -> read(dataset))
        .isInstanceOf(DataException.class)
        .hasCauseInstanceOf(NoSuchElementException.class);
  }

  @Test
  void theGeneratorIsClosedByTheLastThread() throws InterruptedException {
    class Source implements Iterator<Batch>, AutoCloseable {
      private volatile boolean closed;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public Batch next() {
        assertThat(closed).isFalse();
        return Batch.of(NDArray.of(new int[] {1}));
      }

      @Override
      public void close() {
        closed = true;
      }
    }

    Source source = new Source();
    try (BatchIterator iterator = Dataset.generator(() -> source).prefetch(2, 2).iterator(0)) {
      iterator.next();
      assertThat(source.closed).isFalse();
    }
    await("source closed", () -> source.closed);
  }

  @Test
  void anInterruptEndsTheWait() {
    CountDownLatch never = new CountDownLatch(1);
    Dataset dataset =
        numbers(4)
            .map(
                batch -> {
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return batch;
                })
            .prefetch(1);
    try (BatchIterator iterator = dataset.iterator(0)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(iterator::next).hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
