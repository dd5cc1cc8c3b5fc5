package io.dendra.training.parallel;

import io.dendra.autograd.CustomFunction;
import io.dendra.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Where the replicas of a step sum tensors in the midst of a pass, as synchronised batch
 * normalisation does.
 *
 * <p>All replicas go through the same layers, so the tensors that they bring in turn belong
 * together. Each waits until all have come; when one ends its pass instead, or fails, the others
 * are let go with an error.
 */
final class Meeting implements AutoCloseable {
  /** The error of those that waited in vain; what went wrong is the error of another replica. */
  static final class AbandonedException extends RuntimeException {
    AbandonedException(String message) {
      super(message);
    }
  }

  private final Tensor[] given;
  private final Tensor[] sums;
  private int present;
  private long round;
  private boolean over;

  Meeting(int members) {
    given = new Tensor[members];
    sums = new Tensor[members];
  }

  /** The sum over all members as a function with a gradient: the sum of the gradients. */
  Tensor sum(int member, Tensor x) {
    return new Sum(this, member).apply(x);
  }

  private record Sum(Meeting meeting, int member) implements CustomFunction {
    @Override
    public String name() {
      return "sum_over_replicas";
    }

    @Override
    public Tensor forward(Tensor... in) {
      return meeting.exchange(member, in[0]);
    }

    @Override
    public Tensor[] backward(Tensor[] in, Tensor out, Tensor g) {
      return new Tensor[] {apply(g)};
    }
  }

  private synchronized Tensor exchange(int member, Tensor x) {
    requireOpen();
    given[member] = x;
    present++;
    if (present == given.length) {
      sumAll();
    } else {
      await();
    }
    try (Tensor sum = sums[member]) {
      sums[member] = null;
      return sum.detach();
    }
  }

  private void requireOpen() {
    if (over) {
      throw new AbandonedException("another replica has ended before this sum over all of them");
    }
  }

  private void sumAll() {
    try {
      List<List<Tensor>> all = AllReduce.sum(Arrays.stream(given).map(List::of).toList());
      for (int i = 0; i < sums.length; i++) {
        sums[i] = all.get(i).get(0).owned();
      }
      Arrays.fill(given, null);
      present = 0;
      round++;
    } catch (RuntimeException | Error e) {
      over = true;
      throw e;
    } finally {
      notifyAll();
    }
  }

  private void await() {
    long mine = round;
    try {
      while (round == mine) {
        requireOpen();
        wait();
      }
    } catch (InterruptedException e) {
      leave();
      Thread.currentThread().interrupt();
      throw new AbandonedException("a replica was interrupted while it waited for the others");
    }
  }

  /** Notes that a member has ended its pass: there will be no further sums. */
  synchronized void leave() {
    over = true;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    for (Tensor sum : sums) {
      if (sum != null) {
        sum.close();
      }
    }
  }
}
