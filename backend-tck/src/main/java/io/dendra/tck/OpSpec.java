package io.dendra.tck;

import io.dendra.random.RandomKey;
import io.dendra.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * All the kit knows of an op: how to call it, on what, and what may go wrong. The suites are made
 * of these; an op needs no test code of its own.
 *
 * <pre>{@code
 * OpSpec.named("matmul")
 *     .tolerance(Tolerance.SUMS)
 *     .sample("matrices", one(in -> in[0].matmul(in[1])), number(2, 3), number(3, 4))
 *     .error("lengths differ", one(in -> in[0].matmul(in[1])),
 *         List.of(number(2, 3), number(4, 5)), "matmul of", "has to equal")
 * }</pre>
 */
public final class OpSpec {
  static final RandomKey SEED = RandomKey.of(20261120);

  private final String name;
  private final List<Sample> samples = new ArrayList<>();
  private final List<ErrorSample> errors = new ArrayList<>();
  private List<DType> dtypes = List.of(DType.FLOAT32, DType.FLOAT64);
  private Tolerance tolerance = Tolerance.TIGHT;
  private boolean differentiable = true;

  private OpSpec(String name) {
    this.name = name;
  }

  /** A spec without samples. */
  public static OpSpec named(String name) {
    return new OpSpec(name);
  }

  /** The types that operands without their own take in turn; float32 and float64 if not given. */
  public OpSpec on(DType... types) {
    dtypes = List.of(types);
    return this;
  }

  /** How far results may be off. */
  public OpSpec tolerance(Tolerance bound) {
    tolerance = bound;
    return this;
  }

  /** The results do not depend on the operands smoothly: no gradients are checked. */
  public OpSpec notDifferentiable() {
    differentiable = false;
    return this;
  }

  /** Adds a call. */
  public OpSpec sample(String label, OpCall call, Operand... operands) {
    return add(label, call, true, operands);
  }

  /** Adds a call whose operands lie where the function has no gradient, such as ties and NaN. */
  public OpSpec edge(String label, OpCall call, Operand... operands) {
    return add(label, call, false, operands);
  }

  private OpSpec add(String label, OpCall call, boolean smooth, Operand... operands) {
    RandomKey key = SEED.fold(name).fold(samples.size());
    samples.add(new Sample(label, call, List.of(operands), smooth, key));
    return this;
  }

  /** Adds a call that has to fail with a message that contains all the parts. */
  public OpSpec error(String label, OpCall call, List<Operand> operands, String... parts) {
    errors.add(new ErrorSample(label, call, operands, List.of(parts)));
    return this;
  }

  /** The name, as tests show it. */
  public String name() {
    return name;
  }

  /** The calls. */
  public List<Sample> samples() {
    return List.copyOf(samples);
  }

  /** The calls that fail. */
  public List<ErrorSample> errors() {
    return List.copyOf(errors);
  }

  /** The types to run with. */
  public List<DType> dtypes() {
    return dtypes;
  }

  /** How far results may be off. */
  public Tolerance tolerance() {
    return tolerance;
  }

  /** Whether gradients are checked. */
  public boolean isDifferentiable() {
    return differentiable;
  }
}
