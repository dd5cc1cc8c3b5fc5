package io.dendra.backend.cuda;

/** The shape of launches. */
final class Launch {
  /** Threads of a block; {@code BLOCK} in {@code common.cu}. */
  static final int BLOCK = 256;

  /** Elements that a thread takes at once from gapless operands; {@code PACK} there. */
  static final int PACK = 4;

  private Launch() {}
}
