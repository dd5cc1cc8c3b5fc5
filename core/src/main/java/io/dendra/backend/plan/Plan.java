package io.dendra.backend.plan;

import io.dendra.backend.Backend;
import io.dendra.backend.BackendException;
import io.dendra.backend.Buffer;
import io.dendra.backend.CaptureException;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.DeviceLostException;
import io.dendra.backend.MemoryPool;
import io.dendra.backend.OpenDevice;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.View;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A list of kernel calls that was recorded once, with memory for all that they compute, to be run
 * as often as asked: no graph, no checks, no decisions and no allocation are left for then.
 *
 * <p>What the recorded body read from memory of others is read again at each run, and what it wrote
 * there is written; the tensors it has left in use are its results, overwritten by each run.
 */
public final class Plan implements CapturedWork {
  private static final Logger LOG = LoggerFactory.getLogger(Plan.class);

  /** Constants above this are computed at each run rather than kept. */
  private static final long LARGEST_CONSTANT = 1 << 16;

  private final Backend backend;
  private final MemoryPool pool;
  private final ReplayVariables numbers;
  private final PlanMemory memory;
  private List<Call> calls;
  private final List<Call> constants = new ArrayList<>();
  private final IdentityHashMap<Buffer, Buffer> pinned = new IdentityHashMap<>();
  private final IdentityHashMap<Buffer, Buffer> places = new IdentityHashMap<>();
  private final Set<Buffer> results = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<MemoryPool.Block> kept = new ArrayList<>();
  private final MemoryAssignment assignment;
  private Operation.Bound[] bound;
  private int boundVersion;

  private Plan(
      OpenDevice device,
      ReplayVariables numbers,
      PlanMemory memory,
      Set<Buffer> weights,
      Recorder recorder,
      List<Call> recorded) {
    this.backend = device.backend();
    this.pool = device.memory();
    this.numbers = numbers;
    this.memory = memory;
    Set<Buffer> left = Collections.newSetFromMap(new IdentityHashMap<>());
    recorder.left().forEach(block -> left.add(block.buffer()));
    List<Call> wanted = DeadCalls.removed(recorded, left);
    if (!weights.isEmpty()) {
      wanted = FoldedNormalization.folded(backend, wanted, left);
    }
    calls = new ArrayList<>(wanted);
    Set<Buffer> constant = takeConstants(weights, left);
    calls = JoinedNormalization.joined(backend, calls, left);
    calls = ElementwiseChains.fused(backend, calls, left);
    Set<Buffer> separate = Collections.newSetFromMap(new IdentityHashMap<>());
    separate.addAll(left);
    separate.addAll(constant);
    assignment = new MemoryAssignment(calls, new Dataflow(calls, left), separate);
    try {
      for (MemoryPool.Block block : recorder.left()) {
        Buffer planned = block.buffer();
        block.settle(pool.allocate(planned.byteSize(), "result", "plan"));
        pinned.put(planned, block.buffer());
        results.add(block.buffer());
      }
      for (Buffer planned : constant) {
        MemoryPool.Block block = pool.allocate(planned.byteSize(), "constant", "plan");
        kept.add(block);
        pinned.put(planned, block.buffer());
      }
      bind();
      refresh();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Records what a body asks of a device, which does nothing meanwhile.
   *
   * @param numbers what differs from run to run
   * @param memory for what is computed in between
   * @throws CaptureException when the body does what cannot be recorded, such as reading values
   */
  public static Plan record(
      OpenDevice device, ReplayVariables numbers, PlanMemory memory, Runnable body) {
    Recorder recorder = new Recorder(device, numbers);
    List<Call> calls = recorder.record(body);
    return new Plan(device, numbers, memory, Set.of(), recorder, calls);
  }

  /**
   * Records a prediction: what depends on nothing but weights is computed once, and again by {@link
   * #refresh}, and normalisation by numbers that stay goes into the weights before it.
   *
   * @param weights where the weights are
   */
  public static Plan recordPrediction(
      OpenDevice device, PlanMemory memory, Collection<Buffer> weights, Runnable body) {
    Recorder recorder = new Recorder(device, ReplayVariables.none());
    List<Call> calls = recorder.record(body);
    Set<Buffer> fixed = Collections.newSetFromMap(new IdentityHashMap<>());
    fixed.addAll(weights);
    return new Plan(device, ReplayVariables.none(), memory, fixed, recorder, calls);
  }

  /** Computes anew what depends on nothing but weights. */
  public void refresh() {
    for (Call call : constants) {
      call.operation().run(backend, null, bound(call.reads()), bound(call.writes()));
    }
  }

  /**
   * Takes out the calls that depend on nothing but weights or on such calls, each the one writer of
   * its buffers, which are small unless they come from weights.
   */
  private Set<Buffer> takeConstants(Set<Buffer> weights, Set<Buffer> results) {
    Dataflow flow = new Dataflow(calls, results);
    Set<Buffer> constant = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Call> others = new ArrayList<>();
    for (Call call : calls) {
      boolean fixed = !call.operation().varies() && call.writes().length > 0;
      long read = 0;
      for (View view : call.reads()) {
        fixed &= constant.contains(view.buffer()) || weights.contains(view.buffer());
        read += view.buffer().byteSize();
      }
      for (View view : call.writes()) {
        fixed &=
            flow.isTemporary(view)
                && flow.of(view).writers.size() == 1
                && view.buffer().byteSize() <= Math.max(read, LARGEST_CONSTANT);
      }
      if (fixed) {
        constants.add(call);
        for (View view : call.writes()) {
          constant.add(view.buffer());
        }
      } else {
        others.add(call);
      }
    }
    calls = others;
    return constant;
  }

  private void bind() {
    bound = null;
    memory.require(assignment.sizes());
    Operation.Bound[] all = new Operation.Bound[calls.size()];
    for (int i = 0; i < all.length; i++) {
      Call call = calls.get(i);
      all[i] = call.operation().on(bound(call.reads()), bound(call.writes()));
    }
    bound = all;
    boundVersion = memory.version();
  }

  private View[] bound(View[] views) {
    View[] result = new View[views.length];
    for (int i = 0; i < views.length; i++) {
      View view = views[i];
      Buffer buffer = view.buffer();
      if (buffer instanceof PlannedBuffer) {
        Buffer place = pinned.get(buffer);
        buffer = place != null ? place : memory.slot(assignment.slot(buffer));
      }
      Buffer now = places.get(buffer);
      result[i] = new View(now != null ? now : buffer, view.dtype(), view.layout());
    }
    return result;
  }

  /** Whether a buffer is what the recorded body has left in use. */
  public boolean isResult(Buffer buffer) {
    return results.contains(buffer);
  }

  /**
   * Has the next runs use another buffer where the body, when it was recorded, used this one: an
   * operand of others, or a result.
   */
  public void place(Buffer recorded, Buffer now) {
    if (places.put(recorded, now) != now) {
      bound = null;
    }
  }

  /** Whether work that the device has captured of it would still find its memory. */
  public boolean isBound() {
    return bound != null && boundVersion == memory.version();
  }

  /** Makes all calls with the numbers of now. */
  @Override
  public void replay() {
    run(numbers);
  }

  private void run(ReplayVariables now) {
    if (!isBound()) {
      bind();
    }
    for (Operation.Bound call : bound) {
      call.run(backend, now);
    }
  }

  /**
   * The same as work that the device itself has recorded, where it can; else this plan, with the
   * reason logged when the device failed to.
   */
  public CapturedWork captured() {
    try {
      CapturedWork work = backend.capture(numbers, () -> run(null));
      return work == null ? this : work;
    } catch (DeviceLostException e) {
      throw e;
    } catch (BackendException e) {
      LOG.info("Work on {} is replayed call by call: {}", backend.device(), e.getMessage());
      return this;
    }
  }

  /** What it does, a line for each call. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Call call : calls) {
      text.append(call).append('\n');
    }
    return text.toString();
  }

  /** Gives its memory back but for that of its results, which are tensors. */
  @Override
  public void close() {
    kept.forEach(pool::free);
    kept.clear();
  }
}
