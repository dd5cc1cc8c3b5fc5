package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.examples.cli.Failure;
import io.dendra.sweep.samplers.CmaEsSampler;
import io.dendra.sweep.samplers.GridSampler;
import io.dendra.sweep.samplers.NsgaIiSampler;
import io.dendra.sweep.samplers.RandomSampler;
import io.dendra.sweep.samplers.Sampler;
import io.dendra.sweep.samplers.SobolSampler;
import io.dendra.sweep.samplers.TpeSampler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The samplers by their names on the command line. */
enum SamplerName {
  TPE {
    @Override
    Sampler create(SweepSettings settings) {
      return new TpeSampler();
    }
  },
  RANDOM {
    @Override
    Sampler create(SweepSettings settings) {
      return new RandomSampler();
    }
  },
  SOBOL {
    @Override
    Sampler create(SweepSettings settings) {
      return new SobolSampler();
    }
  },
  GRID {
    @Override
    Sampler create(SweepSettings settings) {
      Map<String, List<?>> grid = new LinkedHashMap<>();
      settings
          .grid()
          .forEach(
              (name, values) ->
                  grid.put(name, values instanceof List<?> list ? list : List.of(values)));
      if (grid.isEmpty()) {
        throw new Failure(
            "--sampler grid needs the values to try: --grid units=64:128 --grid layers=1:2");
      }
      return new GridSampler(grid);
    }
  },
  CMAES {
    @Override
    Sampler create(SweepSettings settings) {
      return new CmaEsSampler();
    }
  },
  NSGA2 {
    @Override
    Sampler create(SweepSettings settings) {
      return new NsgaIiSampler();
    }
  };

  abstract Sampler create(SweepSettings settings);

  /** What is taken when none is named. */
  static SamplerName standard(boolean severalObjectives) {
    return severalObjectives ? NSGA2 : TPE;
  }

  /** That of a name that a study stored. */
  static SamplerName of(String stored) {
    for (SamplerName name : values()) {
      if (name.toString().equals(stored)) {
        return name;
      }
    }
    throw new Failure(
        "the study was begun with sampler '" + stored + "', which this version lacks");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the name. */
  static final class ByName extends Choice<SamplerName> {
    ByName() {
      super("sampler", values());
    }
  }
}
