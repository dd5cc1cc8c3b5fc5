package io.dendra.backend;

/** The numbers of work that is the same at each replay. */
final class NoVariables implements ReplayVariables {
  static final ReplayVariables NONE = new NoVariables();

  private NoVariables() {}

  @Override
  public int slot(FusedOp op) {
    return -1;
  }

  @Override
  public int slot(long key, long counter) {
    return -1;
  }

  @Override
  public boolean varies(FusedOp op) {
    return false;
  }

  @Override
  public FusedOp now(FusedOp op) {
    return op;
  }

  @Override
  public boolean varies(long key) {
    return false;
  }

  @Override
  public long now(long key) {
    return key;
  }

  @Override
  public int size() {
    return 0;
  }

  @Override
  public long[] values() {
    return new long[0];
  }
}
