package io.dendra.backend.cpu;

import io.dendra.backend.View;

/** The portable engine: runs wherever ND4J does. */
final class Nd4jEngine implements Engine {
  private final OpenBlas blas;

  Nd4jEngine(CpuPool pool, Copies copies, int threads) {
    blas = new OpenBlas(copies, threads);
  }

  @Override
  public String name() {
    return "nd4j";
  }

  @Override
  public String versions() {
    return "nd4j";
  }

  @Override
  public void matmul(View a, View b, boolean accumulate, View out) {
    blas.matmul(a, b, accumulate, out);
  }

  @Override
  public void close() {}
}
