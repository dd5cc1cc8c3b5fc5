package io.dendra.backend.plan;

import io.dendra.backend.Backend;
import io.dendra.backend.Buffer;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.FusedOp.Chain.Instruction;
import io.dendra.backend.View;
import io.dendra.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes one call of elementwise calls that feed each other, where the backend has a kernel for it:
 * one pass over memory instead of several, and no memory for what is in between.
 *
 * <p>A chain takes the place of its last call, so that nobody else may read what its earlier calls
 * compute, or overwrite what they read, before that.
 */
final class ElementwiseChains {
  private static final int MOST_CALLS = 32;
  private static final int MOST_INPUTS = 12;

  private final Backend backend;
  private final List<Call> calls;
  private final Dataflow flow;
  private final Map<Integer, SortedSet<Integer>> chains = new HashMap<>();

  private ElementwiseChains(Backend backend, List<Call> calls, Set<Buffer> results) {
    this.backend = backend;
    this.calls = calls;
    this.flow = new Dataflow(calls, results);
  }

  static List<Call> fused(Backend backend, List<Call> calls, Set<Buffer> results) {
    ElementwiseChains search = new ElementwiseChains(backend, calls, results);
    for (int i = 0; i < calls.size(); i++) {
      if (search.isElementwise(calls.get(i))) {
        search.join(i);
      }
    }
    return search.rewritten();
  }

  private boolean isElementwise(Call call) {
    boolean known =
        call.operation() instanceof Operation.Unary
            || call.operation() instanceof Operation.Binary
            || call.operation() instanceof Operation.Scalar;
    if (!known) {
      return false;
    }
    View out = call.writes()[0];
    for (View read : call.reads()) {
      if (read.dtype() != out.dtype()) {
        return false;
      }
    }
    return (out.dtype() == DType.FLOAT32 || out.dtype() == DType.FLOAT64)
        && out.buffer() instanceof PlannedBuffer
        && out.layout().isDense()
        && flow.of(out).writers.size() == 1;
  }

  /** Puts a call into the chains that compute its operands, if they may wait for it. */
  private void join(int call) {
    SortedSet<Integer> chain = new TreeSet<>(List.of(call));
    List<SortedSet<Integer>> feeding = new ArrayList<>();
    for (View read : calls.get(call).reads()) {
      Dataflow.Use use = flow.of(read);
      SortedSet<Integer> source = use.writers.size() == 1 ? chains.get(use.writers.get(0)) : null;
      if (source != null && !feeding.contains(source)) {
        feeding.add(source);
      }
    }
    feeding.sort(Comparator.comparing((SortedSet<Integer> source) -> source.last()).reversed());
    for (SortedSet<Integer> source : feeding) {
      SortedSet<Integer> both = new TreeSet<>(chain);
      both.addAll(source);
      if (both.size() <= MOST_CALLS
          && inputs(both).size() <= MOST_INPUTS
          && mayWait(source, both)) {
        chain = both;
      }
    }
    for (int member : chain) {
      chains.put(member, chain);
    }
  }

  private boolean mayWait(Set<Integer> source, SortedSet<Integer> chain) {
    View result = calls.get(chain.last()).writes()[0];
    for (int member : source) {
      View out = calls.get(member).writes()[0];
      if (!out.layout().equals(result.layout()) || out.dtype() != result.dtype()) {
        return false;
      }
      for (int reader : flow.of(out).readers) {
        if (reader <= chain.last() && !(chain.contains(reader) && readsAsWritten(reader, out))) {
          return false;
        }
      }
      for (View read : calls.get(member).reads()) {
        for (int writer : flow.of(read).writers) {
          if (writer > member && writer < chain.last() && !chain.contains(writer)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private boolean readsAsWritten(int reader, View out) {
    for (View read : calls.get(reader).reads()) {
      if (read.buffer() == out.buffer() && !read.layout().equals(out.layout())) {
        return false;
      }
    }
    return true;
  }

  /** The operands that a chain does not compute itself, by their number. */
  private Map<View, Integer> inputs(SortedSet<Integer> chain) {
    Map<View, Integer> inputs = new LinkedHashMap<>();
    for (int member : chain) {
      for (View read : calls.get(member).reads()) {
        List<Integer> writers = flow.of(read).writers;
        boolean inside =
            read.buffer() instanceof PlannedBuffer
                && writers.size() == 1
                && chain.contains(writers.get(0));
        if (!inside) {
          inputs.putIfAbsent(read, inputs.size());
        }
      }
    }
    return inputs;
  }

  private List<Call> rewritten() {
    Map<Integer, Call> made = new HashMap<>();
    List<Call> result = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      SortedSet<Integer> chain = chains.get(i);
      if (chain == null || chain.size() < 2) {
        result.add(calls.get(i));
        continue;
      }
      if (!made.containsKey(chain.first())) {
        made.put(chain.first(), chained(chain));
      }
      Call call = made.get(chain.first());
      if (call == null) {
        result.add(calls.get(i));
      } else if (i == chain.last()) {
        result.add(call);
      }
    }
    return result;
  }

  /** The chain as one call, or null where the backend has no kernel for it. */
  private Call chained(SortedSet<Integer> chain) {
    Map<View, Integer> inputs = inputs(chain);
    IdentityHashMap<Buffer, Integer> numbers = new IdentityHashMap<>();
    List<Instruction> instructions = new ArrayList<>();
    List<Integer> results = new ArrayList<>();
    List<View> outputs = new ArrayList<>();
    for (int member : chain) {
      Call call = calls.get(member);
      instructions.add(instruction(call, inputs, numbers));
      View out = call.writes()[0];
      int number = inputs.size() + instructions.size() - 1;
      numbers.put(out.buffer(), number);
      if (!flow.isTemporary(out) || !chain.containsAll(flow.of(out).readers)) {
        results.add(number);
        outputs.add(out);
      }
    }
    FusedOp.Chain op = new FusedOp.Chain(inputs.size(), instructions, results);
    View[] reads = inputs.keySet().toArray(new View[0]);
    FusedKernel kernel = backend.fused(op, reads);
    return kernel == null
        ? null
        : new Call(new Operation.Forward(op, kernel, false), reads, outputs.toArray(new View[0]));
  }

  private static Instruction instruction(
      Call call, Map<View, Integer> inputs, IdentityHashMap<Buffer, Integer> numbers) {
    int[] operands = new int[call.reads().length];
    for (int i = 0; i < operands.length; i++) {
      View read = call.reads()[i];
      Integer inside = numbers.get(read.buffer());
      operands[i] = inside != null ? inside : inputs.get(read);
    }
    if (call.operation() instanceof Operation.Unary unary) {
      return new Instruction.Unary(unary.op(), operands[0]);
    }
    if (call.operation() instanceof Operation.Binary binary) {
      return new Instruction.Binary(binary.op(), operands[0], operands[1]);
    }
    Operation.Scalar scalar = (Operation.Scalar) call.operation();
    return new Instruction.Scalar(scalar.op(), operands[0], scalar.scalar(), scalar.scalarFirst());
  }
}
