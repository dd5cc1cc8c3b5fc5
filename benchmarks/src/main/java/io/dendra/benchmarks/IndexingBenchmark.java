package io.dendra.benchmarks;

import io.dendra.ops.Indexing;
import io.dendra.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;

/** 4096 rows of 128 read from a table of 10,000, and added to one, as an embedding does. */
public class IndexingBenchmark extends CpuBenchmark {
  private static final int ROWS = 10_000;
  private static final int WIDTH = 128;
  private static final int COUNT = 4096;

  private Tensor table;
  private Tensor updates;
  private Tensor places;

  @Override
  protected void prepare() {
    table = Samples.tensor("table", ROWS, WIDTH);
    updates = Samples.tensor("updates", COUNT, WIDTH);
    places = Tensor.of(Samples.indices("places", ROWS, COUNT));
  }

  @Benchmark
  public Tensor gather() {
    return released(() -> Indexing.gather(table, places, 0));
  }

  @Benchmark
  public Tensor scatterAdd() {
    return released(() -> Indexing.scatterAdd(places, updates, 0, ROWS));
  }
}
