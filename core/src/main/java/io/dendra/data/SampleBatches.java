package io.dendra.data;

import java.util.Iterator;

/** Single samples as batches of one. */
final class SampleBatches implements Iterator<Batch>, AutoCloseable {
  private final Iterator<Sample> samples;

  SampleBatches(Iterator<Sample> samples) {
    this.samples = samples;
  }

  @Override
  public boolean hasNext() {
    return samples.hasNext();
  }

  @Override
  public Batch next() {
    return samples.next().asBatch();
  }

  @Override
  public void close() {
    GeneratorStage.closeSource(samples);
  }
}
