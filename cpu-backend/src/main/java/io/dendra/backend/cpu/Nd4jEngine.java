package io.dendra.backend.cpu;

import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;

/**
 * The portable engine: runs wherever ND4J does. Products go straight to the OpenBLAS that ND4J
 * brings with it, long float64 functions to ND4J, all else to the Java loops.
 */
final class Nd4jEngine implements Engine {
  private final OpenBlas blas;
  private final Nd4jArrays arrays;
  private final CpuPool pool;

  Nd4jEngine(CpuPool pool, Copies copies, int threads) {
    this.pool = pool;
    arrays = new Nd4jArrays(threads);
    blas = new OpenBlas(pool, copies);
  }

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public String versions() {
    return "nd4j " + Nd4jArrays.version();
  }

  @Override
  public void matmul(View a, View b, boolean accumulate, View out) {
    blas.matmul(a, b, accumulate, out);
  }

  @Override
  public boolean unary(UnaryOp op, View x, View out) {
    return arrays.unary(op, x, out);
  }

  @Override
  public int blocks(long most, double flops) {
    return pool.blocks(most, flops);
  }

  @Override
  public void close() {}
}
