package io.dendra.tck;

import io.dendra.tck.specs.ChainSpecs;
import io.dendra.tck.specs.ConvolutionSpecs;
import io.dendra.tck.specs.ElementwiseSpecs;
import io.dendra.tck.specs.IndexingSpecs;
import io.dendra.tck.specs.LinalgSpecs;
import io.dendra.tck.specs.NetworkSpecs;
import io.dendra.tck.specs.PoolingSpecs;
import io.dendra.tck.specs.ReduceSpecs;
import io.dendra.tck.specs.ShapeSpecs;
import io.dendra.tck.specs.TypeSpecs;
import java.util.List;
import java.util.stream.Stream;

/** The table of all ops. */
public final class OpSpecs {
  private static final class Table {
    static final List<OpSpec> ALL =
        Stream.of(
                ElementwiseSpecs.all(),
                ChainSpecs.all(),
                TypeSpecs.all(),
                ReduceSpecs.all(),
                LinalgSpecs.all(),
                ShapeSpecs.all(),
                IndexingSpecs.all(),
                ConvolutionSpecs.all(),
                PoolingSpecs.all(),
                NetworkSpecs.all())
            .flatMap(List::stream)
            .toList();
  }

  private OpSpecs() {}

  /** All specs, family by family. */
  public static List<OpSpec> all() {
    return Table.ALL;
  }
}
