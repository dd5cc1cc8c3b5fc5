package io.dendra.benchmarks.peers;

import io.dendra.backend.View;
import io.dendra.ops.OpListener;
import io.dendra.ops.Primitive;
import io.dendra.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Adds up what the calls of a backend take, step by step, as seen from the thread that made it;
 * calls of other threads overlap with that and are left out. Steps take turns: one adds up parts,
 * which costs next to nothing, the next tells calls apart, which does.
 */
final class CallProfile implements OpListener {
  private final Thread thread = Thread.currentThread();
  private final Map<Call, Tally> tallies = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final Deque<Span> spans = new ArrayDeque<>();
  private Noting noting = Noting.NOTHING;
  private Step step = new Step();
  private long begin;
  private int detailedSteps;

  private enum Noting {
    NOTHING,
    PARTS,
    CALLS
  }

  /** One step whose parts were added up. */
  private static final class Step {
    private final long[] nanos = new long[Part.values().length];
    private final int[] calls = new int[Part.values().length];
    private long ops;
    private long all;

    private long hostNanos() {
      return Math.max(0, all - Arrays.stream(nanos).sum());
    }
  }

  /**
   * A kind of call.
   *
   * @param part it belongs to
   * @param name of the method, behind the fused op whose kernel it is
   * @param operands op and shapes
   */
  record Call(Part part, String name, String operands) {}

  /** Time that lies in another span, should that end later and have begun earlier. */
  private record Span(long start, long nanos) {}

  private static final class Tally {
    private long count;
    private long nanos;
  }

  /**
   * A kind of call over all steps.
   *
   * @param call which kind
   * @param perStep how many of them a step makes
   * @param millis of all of them in a step, the mean
   */
  record Cost(Call call, double perStep, double millis) {}

  boolean isOn() {
    return noting != Noting.NOTHING && Thread.currentThread() == thread;
  }

  void call(Part part, String name, Object[] args, long start, long duration) {
    step.nanos[part.ordinal()] += duration;
    step.calls[part.ordinal()]++;
    spans.addLast(new Span(start, duration));
    if (noting == Noting.CALLS) {
      Tally tally =
          tallies.computeIfAbsent(new Call(part, name, describe(args)), call -> new Tally());
      tally.count++;
      tally.nanos += duration;
    }
  }

  private static String describe(Object[] args) {
    if (args == null) {
      return "";
    }
    return Arrays.stream(args)
        .map(CallProfile::describe)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private static String describe(Object arg) {
    if (arg instanceof View view) {
      return view.shape().toString();
    }
    if (arg instanceof View[] views) {
      // Gradients that nobody wants are null; the operands of an optimizer are too many to list.
      return views.length > 6
          ? views.length + " operands"
          : Arrays.stream(views)
              .map(view -> view == null ? "-" : view.shape().toString())
              .collect(Collectors.joining(" "));
    }
    return arg instanceof Enum<?> op ? op.toString() : "";
  }

  /** An op's own share is what is left of it without the calls and the ops within. */
  @Override
  public void onOp(Primitive primitive, Tensor[] in, Tensor[] out, long duration) {
    if (!isOn()) {
      return;
    }
    long start = System.nanoTime() - duration;
    long within = 0;
    while (!spans.isEmpty() && spans.peekLast().start >= start) {
      within += spans.removeLast().nanos;
    }
    step.ops += Math.max(0, duration - within);
    spans.addLast(new Span(start, duration));
  }

  /** Ends a step, if one is noted, and begins to note the next. */
  void nextStep() {
    step.all = System.nanoTime() - begin;
    if (noting == Noting.PARTS) {
      steps.add(step);
    } else if (noting == Noting.CALLS) {
      detailedSteps++;
    }
    noting = noting == Noting.PARTS ? Noting.CALLS : Noting.PARTS;
    step = new Step();
    spans.clear();
    begin = System.nanoTime();
  }

  /** How many steps have been noted, those whose calls were told apart among them. */
  int steps() {
    return steps.size() + detailedSteps;
  }

  private double median(ToDoubleFunction<Step> figure) {
    return Median.of(steps.stream().mapToDouble(figure));
  }

  /** Milliseconds of a step, as all figures here the median of the steps. */
  double stepMillis() {
    return median(one -> one.all / 1e6);
  }

  /** Milliseconds of a step in a part. */
  double millis(Part part) {
    return median(one -> one.nanos[part.ordinal()] / 1e6);
  }

  /** Calls of a step in a part. */
  double calls(Part part) {
    return median(one -> one.calls[part.ordinal()]);
  }

  /** Calls of a step. */
  double calls() {
    return median(one -> Arrays.stream(one.calls).sum());
  }

  /** Milliseconds of a step outside of all calls. */
  double hostMillis() {
    return median(one -> one.hostNanos() / 1e6);
  }

  /** Milliseconds of a step between an op's call and its kernels: checks, results, the tape. */
  double opMillis() {
    return median(one -> Math.min(one.ops, one.hostNanos()) / 1e6);
  }

  /** The kinds of calls that cost most, the costliest first. */
  List<Cost> costliest(int most) {
    return tallies.entrySet().stream()
        .map(
            entry ->
                new Cost(
                    entry.getKey(),
                    (double) entry.getValue().count / detailedSteps,
                    entry.getValue().nanos / 1e6 / detailedSteps))
        .sorted(Comparator.comparingDouble(Cost::millis).reversed())
        .limit(most)
        .toList();
  }
}
