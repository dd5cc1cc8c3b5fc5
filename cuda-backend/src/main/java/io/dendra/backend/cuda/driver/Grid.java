package io.dendra.backend.cuda.driver;

/**
 * The number of blocks of a launch.
 *
 * @param x along x, at most 2³¹ - 1
 * @param y along y, at most 65535
 * @param z along z, at most 65535
 */
public record Grid(int x, int y, int z) {
  /** Blocks along x only. */
  public static Grid of(int x) {
    return new Grid(x, 1, 1);
  }
}
