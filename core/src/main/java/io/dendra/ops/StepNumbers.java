package io.dendra.ops;

import io.dendra.backend.CaptureException;
import io.dendra.backend.FusedOp;
import io.dendra.backend.ReplayVariables;
import io.dendra.random.KeyTrace;
import io.dendra.random.RandomKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The numbers in a captured training step that change from step to step: the keys it draws random
 * numbers by and what its optimizer computes from the rate and the number of the step.
 */
public final class StepNumbers implements ReplayVariables {
  private static final ThreadLocal<StepNumbers> CURRENT = new ThreadLocal<>();

  /** Writes its words at their place. */
  private interface Source {
    void write(long[] words);
  }

  private final KeyTrace trace;
  private final IdentityHashMap<FusedOp, Supplier<? extends FusedOp>> steps =
      new IdentityHashMap<>();
  private final List<Source> sources = new ArrayList<>();
  private RandomKey root;
  private final Set<FusedOp> followed = Collections.newSetFromMap(new IdentityHashMap<>());
  private int size;

  /** The numbers of a step that draws by keys made from a root. */
  public StepNumbers(RandomKey root) {
    this.root = root;
    this.trace = new KeyTrace(root);
  }

  /** Runs a step whose numbers these are. */
  public void during(Runnable step) {
    StepNumbers before = CURRENT.get();
    CURRENT.set(this);
    try {
      trace.during(
          () -> {
            step.run();
            return null;
          });
    } finally {
      if (before == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(before);
      }
    }
  }

  /** Sets the key that the next replay's numbers are drawn by. */
  public void root(RandomKey key) {
    root = key;
  }

  /**
   * An optimizer's op for the present step, of which a captured step needs another at each replay.
   *
   * @param maker gives the op for the step that is due when it is asked
   */
  public static <T extends FusedOp> T varying(Supplier<T> maker) {
    T op = maker.get();
    StepNumbers current = CURRENT.get();
    if (current != null) {
      current.steps.put(op, maker);
    }
    return op;
  }

  /** Takes back an op that was {@link #varying}, since another way was taken. */
  public static void withdraw(FusedOp op) {
    StepNumbers current = CURRENT.get();
    if (current != null) {
      current.steps.remove(op);
    }
  }

  /**
   * Checks that the captured work reads all that changes.
   *
   * @throws CaptureException when the optimizer's step ran without a kernel that does
   */
  public void requireComplete() {
    if (followed.size() < steps.size()) {
      throw new CaptureException("the optimizer's step has no kernel whose numbers can change");
    }
  }

  @Override
  public int slot(FusedOp op) {
    if (op instanceof FusedOp.Dropout dropout) {
      return slot(dropout.key(), dropout.counter());
    }
    Supplier<? extends FusedOp> maker = steps.get(op);
    if (maker == null) {
      return -1;
    }
    followed.add(op);
    int slot = reserve(numbers(op).length);
    sources.add(
        words -> {
          double[] now = numbers(maker.get());
          for (int i = 0; i < now.length; i++) {
            words[slot + i] = Double.doubleToRawLongBits(now[i]);
          }
        });
    return slot;
  }

  @Override
  public int slot(long key, long counter) {
    if (!varies(key)) {
      return -1;
    }
    int slot = reserve(2);
    sources.add(
        words -> {
          words[slot] = now(key);
          words[slot + 1] = counter;
        });
    return slot;
  }

  @Override
  public boolean varies(FusedOp op) {
    if (op instanceof FusedOp.Dropout dropout) {
      return varies(dropout.key());
    }
    boolean varies = steps.containsKey(op);
    if (varies) {
      followed.add(op);
    }
    return varies;
  }

  @Override
  public FusedOp now(FusedOp op) {
    if (op instanceof FusedOp.Dropout dropout) {
      return new FusedOp.Dropout(dropout.rate(), now(dropout.key()), dropout.counter());
    }
    return steps.get(op).get();
  }

  @Override
  public boolean varies(long key) {
    return trace.contains(new RandomKey(key));
  }

  @Override
  public long now(long key) {
    return trace.rebase(new RandomKey(key), root).value();
  }

  private int reserve(int words) {
    int slot = size;
    size += words;
    return slot;
  }

  private static double[] numbers(FusedOp op) {
    if (op instanceof FusedOp.AdamStep adam) {
      return new double[] {adam.alpha(), adam.beta1(), adam.beta2(), adam.epsilon(), adam.decay()};
    }
    if (op instanceof FusedOp.SgdStep sgd) {
      return new double[] {sgd.rate(), sgd.momentum()};
    }
    if (op instanceof FusedOp.Steps steps) {
      return numbers(steps.each());
    }
    throw new IllegalArgumentException(op + " has no numbers that change from step to step");
  }

  /** What all of them share, and then the decay of each that has one. */
  private static double[] numbers(List<FusedOp> each) {
    double[] first = numbers(each.get(0));
    if (!(each.get(0) instanceof FusedOp.AdamStep)) {
      return first;
    }
    int shared = first.length - 1;
    double[] all = Arrays.copyOf(first, shared + each.size());
    for (int i = 0; i < each.size(); i++) {
      all[shared + i] = ((FusedOp.AdamStep) each.get(i)).decay();
    }
    return all;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long[] values() {
    long[] words = new long[size];
    sources.forEach(source -> source.write(words));
    return words;
  }

  @Override
  public String toString() {
    return "step numbers " + Arrays.toString(values());
  }
}
