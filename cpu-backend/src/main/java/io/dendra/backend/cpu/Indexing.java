package io.dendra.backend.cpu;

import io.dendra.backend.View;
import io.dendra.tensor.DType;
import io.dendra.tensor.Layout;
import io.dendra.tensor.Shape;

/** Reading and adding at places given by int64 indices. */
final class Indexing {
  private final CpuPool pool;
  private final Copies copies;

  Indexing(CpuPool pool, Copies copies) {
    this.pool = pool;
    this.copies = copies;
  }

  void gather(View in, View indices, int axis, View out) {
    int size = in.dtype().byteSize();
    Cells from = Cells.of(in);
    Cells to = Cells.of(out);
    Slabs slabs = new Slabs(indices, axis, in.layout(), out.layout());
    Loop.Row row = Copies.row(size, from, to);
    pool.ranges(
        slabs.count(),
        slabs.loop.size(),
        (a, b) -> {
          for (int i = (int) a; i < b; i++) {
            slabs.loop.run(row, from.base + slabs.at[i], to.base + slabs.other[i]);
          }
        });
  }

  void scatterAdd(View indices, View updates, int axis, View out) {
    copies.fill(out, 0);
    Cells to = Cells.of(out);
    Cells from = Cells.of(updates);
    Slabs slabs = new Slabs(indices, axis, out.layout(), updates.layout());
    Loop.Row row = adding(to, from);
    // One after the other: indices may repeat, and the order of a sum is part of its result.
    for (int i = 0; i < slabs.count(); i++) {
      slabs.loop.run(row, to.base + slabs.at[i], from.base + slabs.other[i]);
    }
  }

  private static Loop.Row adding(Cells to, Cells from) {
    if (to.dtype == DType.FLOAT32) {
      return (n, at, step) -> {
        var sums = to.floats();
        var terms = from.floats();
        for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
          sums.put(p, sums.get(p) + terms.get(q));
        }
      };
    }
    return (n, at, step) -> {
      for (int i = 0, p = at[0], q = at[1]; i < n; i++, p += step[0], q += step[1]) {
        add(to, p, from, q);
      }
    };
  }

  private static void add(Cells to, int p, Cells from, int q) {
    if (to.dtype.isInteger()) {
      to.setLong(p, to.getLong(p) + from.getLong(q));
    } else {
      to.set(p, to.get(p) + from.get(q));
    }
  }

  void takeAlong(View in, View indices, int axis, View out) {
    Cells from = Cells.of(in);
    Cells places = Cells.of(indices);
    Cells to = Cells.of(out);
    long length = in.shape().dim(axis);
    int along = (int) in.layout().stride(axis);
    int size = in.dtype().byteSize();
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            int place = place(places, at[1] + i * step[1], length);
            int p = at[0] + i * step[0] + place * along;
            Copies.one(size, from.memory, p, to.memory, at[2] + i * step[2]);
          }
        };
    long[] inStrides = in.layout().strides();
    inStrides[axis] = 0;
    Loop.of(out.shape().dims(), inStrides, indices.layout().strides(), out.layout().strides())
        .run(pool, 4, row, from.base, places.base, to.base);
  }

  void putAlongAdd(View indices, View updates, int axis, View out) {
    copies.fill(out, 0);
    Cells places = Cells.of(indices);
    Cells from = Cells.of(updates);
    Cells to = Cells.of(out);
    long length = out.shape().dim(axis);
    int along = (int) out.layout().stride(axis);
    boolean floats = to.dtype == DType.FLOAT32;
    Loop.Row row =
        (n, at, step) -> {
          for (int i = 0; i < n; i++) {
            int place = place(places, at[0] + i * step[0], length);
            int p = at[1] + i * step[1] + place * along;
            int q = at[2] + i * step[2];
            if (floats) {
              to.floats().put(p, to.floats().get(p) + from.floats().get(q));
            } else {
              add(to, p, from, q);
            }
          }
        };
    long[] outStrides = out.layout().strides();
    outStrides[axis] = 0;
    // In row-major order, whatever the layouts: the order of a sum is part of its result.
    long[] order = Layout.contiguous(updates.shape()).strides();
    Loop loop =
        Loop.of(
            updates.shape().dims(),
            indices.layout().strides(),
            outStrides,
            updates.layout().strides(),
            order);
    int outermost = 0;
    while (outermost < axis && updates.shape().dim(outermost) == 1) {
      outermost++;
    }
    if (outermost < axis) {
      // Along another dimension than the indices the parts write to different places.
      loop.run(pool, 4, row, places.base, to.base, from.base, 0);
    } else {
      loop.run(row, places.base, to.base, from.base, 0);
    }
  }

  private static int place(Cells places, int at, long length) {
    return check(places.memory.longs.get(at), length);
  }

  private static int check(long index, long length) {
    if (index < 0 || index >= length) {
      throw new IndexOutOfBoundsException(
          "index " + index + " is outside an axis of length " + length);
    }
    return (int) index;
  }

  /**
   * The slices of an indexed operand that the indices name, beside those of the other operand,
   * which has the dimensions of the indices in place of the axis.
   */
  private static final class Slabs {
    final int[] at;
    final int[] other;
    final Loop loop;

    Slabs(View indices, int axis, Layout indexed, Layout spread) {
      Cells cells = Cells.of(indices);
      int count = Math.toIntExact(indices.layout().size());
      int indexRank = indices.shape().rank();
      at = new int[count];
      other = new int[count];
      long length = indexed.shape().dim(axis);
      int along = (int) indexed.stride(axis);
      long[] order = Layout.contiguous(indices.shape()).strides();
      long[] spreadStrides = new long[indexRank];
      for (int i = 0; i < indexRank; i++) {
        spreadStrides[i] = spread.stride(axis + i);
      }
      Loop.of(indices.shape().dims(), indices.layout().strides(), spreadStrides, order)
          .run(
              (n, place, step) -> {
                for (int i = 0; i < n; i++) {
                  int number = place[2] + i * step[2];
                  long index = cells.memory.longs.get(place[0] + i * step[0]);
                  at[number] = check(index, length) * along;
                  other[number] = place[1] + i * step[1];
                }
              },
              cells.base,
              0,
              0);
      long[] outer = spread.strides();
      int rank = indexed.rank();
      long[] rest = new long[rank - 1];
      System.arraycopy(outer, 0, rest, 0, axis);
      System.arraycopy(outer, axis + indexRank, rest, axis, rank - 1 - axis);
      Layout slab = Lanes.without(indexed, axis);
      Shape shape = slab.shape();
      loop = Loop.of(shape.dims(), slab.strides(), rest);
    }

    int count() {
      return at.length;
    }
  }
}
