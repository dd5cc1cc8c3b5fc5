package io.dendra.backend.cpu;

/**
 * Java arrays that a thread keeps for its next loops, by type and length: steps that are made again
 * and again then leave no garbage. What an array holds when it is taken is undefined; one that is
 * not given back, as after an error, is only garbage.
 */
final class HeapArrays {
  /** Arrays that may lie idle; the one that has lain longest goes first. */
  private static final int MOST = 48;

  /** Longer ones cost little beside the work on them. */
  private static final int LONGEST = 1 << 15;

  private static final ThreadLocal<HeapArrays> OWN = ThreadLocal.withInitial(HeapArrays::new);

  private final Object[] idle = new Object[MOST];
  private int count;

  private HeapArrays() {}

  static float[] floats(int length) {
    HeapArrays own = OWN.get();
    for (int i = own.count - 1; i >= 0; i--) {
      if (own.idle[i] instanceof float[] array && array.length == length) {
        own.remove(i);
        return array;
      }
    }
    return new float[length];
  }

  static double[] doubles(int length) {
    HeapArrays own = OWN.get();
    for (int i = own.count - 1; i >= 0; i--) {
      if (own.idle[i] instanceof double[] array && array.length == length) {
        own.remove(i);
        return array;
      }
    }
    return new double[length];
  }

  static int[] ints(int length) {
    HeapArrays own = OWN.get();
    for (int i = own.count - 1; i >= 0; i--) {
      if (own.idle[i] instanceof int[] array && array.length == length) {
        own.remove(i);
        return array;
      }
    }
    return new int[length];
  }

  static void giveBack(float[] array) {
    if (array.length <= LONGEST) {
      OWN.get().add(array);
    }
  }

  static void giveBack(double[] array) {
    if (array.length <= LONGEST) {
      OWN.get().add(array);
    }
  }

  static void giveBack(int[] array) {
    if (array.length <= LONGEST) {
      OWN.get().add(array);
    }
  }

  private void remove(int place) {
    count--;
    System.arraycopy(idle, place + 1, idle, place, count - place);
    idle[count] = null;
  }

  private void add(Object array) {
    if (count == MOST) {
      remove(0);
    }
    idle[count++] = array;
  }
}
