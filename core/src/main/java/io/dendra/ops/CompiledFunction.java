package io.dendra.ops;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Buffer;
import io.dendra.backend.CaptureException;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.plan.Plan;
import io.dendra.backend.plan.PlanMemory;
import io.dendra.tensor.DType;
import io.dendra.tensor.Device;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;
import io.dendra.tensor.Tensor;
import io.dendra.tensor.TensorScope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function of tensors that is recorded at its first call for operands of certain shapes and
 * replayed from then on: elementwise ops that follow each other become one pass over memory, and
 * what is in between has its memory already.
 *
 * <pre>{@code
 * try (var swish = CompiledFunction.of(x -> x.mul(x.sigmoid()))) {
 *   Tensor y = swish.apply(x);
 * }
 * }</pre>
 *
 * <p>The function has to do the same each time: it may not read values, and random keys and numbers
 * from outside stay what they were at the first call. Where it cannot be recorded, or a gradient is
 * to be recorded, it runs as it is. May be used by several threads.
 */
public final class CompiledFunction implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledFunction.class);
  private static final int MOST_KINDS = 32;

  private final UnaryOperator<List<Tensor>> function;
  private final Map<List<Kind>, Deque<Recorded>> idle = new HashMap<>();
  private boolean off;

  /** What has to agree for operands to be taken by a recorded call. */
  private record Kind(Device device, DType dtype, Layout layout, int sameMemoryAs) {}

  private CompiledFunction(UnaryOperator<List<Tensor>> function) {
    this.function = function;
  }

  /** A function of one tensor that gives one. */
  public static CompiledFunction of(UnaryOperator<Tensor> function) {
    return ofLists(operands -> List.of(function.apply(operands.get(0))));
  }

  /** A function of several tensors on one device that gives several. */
  public static CompiledFunction ofLists(UnaryOperator<List<Tensor>> function) {
    return new CompiledFunction(function);
  }

  /** The first result for an operand. */
  public Tensor apply(Tensor operand) {
    return apply(List.of(operand)).get(0);
  }

  /** The results for operands. */
  public List<Tensor> apply(List<Tensor> operands) {
    if (Autograd.isRecording() && operands.stream().anyMatch(Tensor::isTracked)) {
      return function.apply(operands);
    }
    List<Kind> kinds = kinds(operands);
    Recorded recorded = take(kinds, operands);
    if (recorded == null) {
      return function.apply(operands);
    }
    boolean done = false;
    try {
      List<Tensor> results = recorded.run(operands);
      done = true;
      return results;
    } catch (IndexOutOfBoundsException e) {
      // Told in full by the ops as they are.
      return function.apply(operands);
    } finally {
      if (done) {
        give(kinds, recorded);
      } else {
        recorded.close();
      }
    }
  }

  private static List<Kind> kinds(List<Tensor> operands) {
    List<Buffer> buffers = new ArrayList<>(operands.size());
    List<Kind> kinds = new ArrayList<>(operands.size());
    for (Tensor operand : operands) {
      Buffer buffer = operand.view().buffer();
      int same = buffers.indexOf(buffer);
      kinds.add(new Kind(operand.device(), operand.dtype(), operand.layout(), same));
      buffers.add(buffer);
    }
    return kinds;
  }

  private Recorded take(List<Kind> kinds, List<Tensor> operands) {
    synchronized (idle) {
      Deque<Recorded> ready = idle.get(kinds);
      if (ready != null && !ready.isEmpty()) {
        return ready.pollLast();
      }
      if (off || operands.isEmpty() || (ready == null && idle.size() >= MOST_KINDS)) {
        return null;
      }
    }
    try {
      return new Recorded(function, operands);
    } catch (CaptureException e) {
      LOG.info("A compiled function runs as it is: {}", e.getMessage());
      synchronized (idle) {
        off = true;
      }
      return null;
    }
  }

  private void give(List<Kind> kinds, Recorded recorded) {
    synchronized (idle) {
      if (!off) {
        idle.computeIfAbsent(kinds, key -> new ArrayDeque<>()).addLast(recorded);
        return;
      }
    }
    recorded.close();
  }

  /** Forgets all recorded calls and gives their memory back. */
  @Override
  public void close() {
    synchronized (idle) {
      off = true;
      idle.values().forEach(ready -> ready.forEach(Recorded::close));
      idle.clear();
    }
  }

  /** One recorded call, for one thread at a time. */
  private static final class Recorded implements AutoCloseable {
    private final OpenDevice device;
    private final PlanMemory memory;
    private final List<Buffer> operands;
    private final Plan plan;
    private final List<Result> results = new ArrayList<>();
    private List<Tensor> made = List.of();

    private record Result(Buffer buffer, DType dtype, Layout layout) {}

    Recorded(UnaryOperator<List<Tensor>> function, List<Tensor> given) {
      device = given.get(0).openDevice();
      memory = new PlanMemory(device.memory());
      operands = given.stream().map(operand -> operand.view().buffer()).toList();
      try {
        plan = Plan.record(device, ReplayVariables.none(), memory, () -> record(function, given));
      } catch (RuntimeException e) {
        made.forEach(Tensor::close);
        memory.close();
        throw e;
      }
      boolean fresh = true;
      for (Tensor result : made) {
        Buffer buffer = result.view().buffer();
        fresh &= plan.isResult(buffer);
        results.add(new Result(buffer, result.dtype(), result.layout()));
      }
      // Each run gives new ones.
      made.forEach(Tensor::close);
      if (!fresh) {
        close();
        throw new CaptureException("it gives back memory of its operands");
      }
    }

    private void record(UnaryOperator<List<Tensor>> function, List<Tensor> given) {
      try (TensorScope scope = TensorScope.open("compiled function")) {
        made = Autograd.noGrad(() -> function.apply(given).stream().map(Tensor::retained).toList());
      }
    }

    List<Tensor> run(List<Tensor> given) {
      for (int i = 0; i < given.size(); i++) {
        plan.place(operands.get(i), given.get(i).view().buffer());
      }
      List<Tensor> fresh = new ArrayList<>(results.size());
      for (int i = 0; i < results.size(); i++) {
        Result result = results.get(i);
        Tensor shared = sharing(result.buffer(), i, fresh);
        Tensor whole = shared == null ? allocate(result) : shared;
        Tensor tensor = whole.withLayout(result.layout());
        plan.place(result.buffer(), tensor.view().buffer());
        fresh.add(tensor);
      }
      plan.replay();
      return fresh;
    }

    /** A result may be a part of its memory. */
    private Tensor allocate(Result result) {
      long elements = result.buffer().byteSize() / result.dtype().byteSize();
      Layout whole = Layout.contiguous(Shape.of(elements));
      return Tensor.allocate(device, result.dtype(), whole, "compiled function");
    }

    /** The result before this one that is another view of its memory, or null. */
    private Tensor sharing(Buffer buffer, int before, List<Tensor> fresh) {
      for (int i = 0; i < before; i++) {
        if (results.get(i).buffer() == buffer) {
          return fresh.get(i);
        }
      }
      return null;
    }

    @Override
    public void close() {
      plan.close();
      memory.close();
    }
  }
}
