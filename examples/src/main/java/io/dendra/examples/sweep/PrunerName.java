package io.dendra.examples.sweep;

import io.dendra.examples.cli.Choice;
import io.dendra.examples.cli.Failure;
import io.dendra.sweep.pruners.HyperbandPruner;
import io.dendra.sweep.pruners.MedianPruner;
import io.dendra.sweep.pruners.PatientPruner;
import io.dendra.sweep.pruners.PercentilePruner;
import io.dendra.sweep.pruners.Pruner;
import io.dendra.sweep.pruners.SuccessiveHalvingPruner;
import java.util.Locale;

/** The pruners by their names on the command line. */
enum PrunerName {
  NONE {
    @Override
    Pruner create() {
      return Pruner.NONE;
    }
  },
  MEDIAN {
    @Override
    Pruner create() {
      return new MedianPruner();
    }
  },
  PERCENTILE {
    @Override
    Pruner create() {
      return new PercentilePruner(25);
    }
  },
  /** From the first epoch on, of three trials one goes on. */
  ASHA {
    @Override
    Pruner create() {
      return new SuccessiveHalvingPruner().minResource(1).reductionFactor(3);
    }
  },
  HYPERBAND {
    @Override
    Pruner create() {
      return new HyperbandPruner();
    }
  },
  PATIENT {
    @Override
    Pruner create() {
      return new PatientPruner(3);
    }
  };

  abstract Pruner create();

  /** What is taken when none is named. */
  static PrunerName standard(boolean severalObjectives) {
    return severalObjectives ? NONE : ASHA;
  }

  /** That of a name that a study stored. */
  static PrunerName of(String stored) {
    for (PrunerName name : values()) {
      if (name.toString().equals(stored)) {
        return name;
      }
    }
    throw new Failure("the study was begun with pruner '" + stored + "', which this version lacks");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads the name. */
  static final class ByName extends Choice<PrunerName> {
    ByName() {
      super("pruner", values());
    }
  }
}
