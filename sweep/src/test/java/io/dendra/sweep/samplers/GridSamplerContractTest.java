package io.dendra.sweep.samplers;

import io.dendra.sweep.distributions.Distribution;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

class GridSamplerContractTest extends SamplerContract {
  /** More values for small spaces, so that their grids suffice. */
  @Override
  protected Sampler sampler(Map<String, Distribution> space) {
    int values = space.size() > 5 ? 3 : 10;
    Map<String, List<Object>> grid = new HashMap<>();
    space.forEach(
        (name, distribution) -> {
          Set<Object> different = new LinkedHashSet<>();
          IntStream.range(0, values)
              .mapToDouble(i -> UnitInterval.fromUnit(distribution, i / (values - 1.0)))
              .forEach(internal -> different.add(distribution.decode(internal)));
          grid.put(name, List.copyOf(different.stream().filter(v -> v != null).toList()));
        });
    return new GridSampler(grid);
  }
}
