package io.dendra.backend.reference;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.Device;

/** Plain loops that define the right answer; every call is done when it returns. */
final class ReferenceBackend implements Backend {
  private final Device device;

  ReferenceBackend(Device device) {
    this.device = device;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public Buffer allocate(long bytes) {
    if (bytes > HostBuffer.MAX_BYTES) {
      return null;
    }
    try {
      return new HostBuffer(device, new byte[(int) bytes]);
    } catch (OutOfMemoryError e) {
      // The caller frees what it can, tries again, and reports it.
      return null;
    }
  }

  @Override
  public void free(Buffer buffer) {
    HostBuffer.free(buffer);
  }

  @Override
  public void fill(View out, double value) {
    MemoryKernels.fill(out, value);
  }

  @Override
  public void fromHost(Object array, int start, View out) {
    MemoryKernels.fromHost(array, start, out);
  }

  @Override
  public void toHost(View in, Object array, int start) {
    MemoryKernels.toHost(in, array, start);
  }

  @Override
  public void copy(View in, View out) {
    MemoryKernels.copy(in, out);
  }

  @Override
  public void copyFrom(Backend source, View in, View out) {
    if (in.buffer() instanceof HostBuffer) {
      MemoryKernels.copyDense(in, out);
    } else {
      Backend.super.copyFrom(source, in, out);
    }
  }

  @Override
  public void synchronize() {
    // Nothing is ever under way.
  }

  @Override
  public void unary(UnaryOp op, View x, View out) {
    UnaryKernel.run(op, x, out);
  }

  @Override
  public void binary(BinaryOp op, View a, View b, View out) {
    BinaryKernel.run(op, a, b, out);
  }

  @Override
  public void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    BinaryKernel.runScalar(op, a, scalar, scalarFirst, out);
  }

  @Override
  public void compare(CompareOp op, View a, View b, View out) {
    ComparisonKernels.compare(op, a, b, out);
  }

  @Override
  public void where(View condition, View a, View b, View out) {
    ComparisonKernels.where(condition, a, b, out);
  }

  @Override
  public void cast(View in, View out) {
    MemoryKernels.convert(Elements.of(in), Elements.of(out));
  }

  @Override
  public void reduce(ReduceOp op, View in, int[] axes, View out) {
    ReduceKernel.run(op, in, axes, out);
  }

  @Override
  public void argReduce(ArgReduceOp op, View in, int axis, View out) {
    LaneKernels.argReduce(op, in, axis, out);
  }

  @Override
  public void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    LaneKernels.cumulativeSum(in, axis, exclusive, reverse, out);
  }

  @Override
  public void topK(View in, int axis, boolean largest, View values, View indices) {
    LaneKernels.topK(in, axis, largest, values, indices);
  }

  @Override
  public void matmul(View a, View b, View out) {
    MatmulKernel.run(a, b, out);
  }

  @Override
  public void gather(View in, View indices, int axis, View out) {
    IndexingKernels.gather(in, indices, axis, out);
  }

  @Override
  public void scatterAdd(View indices, View updates, int axis, View out) {
    IndexingKernels.scatterAdd(indices, updates, axis, out);
  }

  @Override
  public void takeAlong(View in, View indices, int axis, View out) {
    IndexingKernels.takeAlong(in, indices, axis, out);
  }

  @Override
  public void putAlongAdd(View indices, View updates, int axis, View out) {
    IndexingKernels.putAlongAdd(indices, updates, axis, out);
  }

  @Override
  public void conv(ConvSpec spec, View x, View w, View out) {
    ConvolutionKernels.conv(spec, x, w, out);
  }

  @Override
  public void convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    ConvolutionKernels.inputGrad(spec, gradOut, w, out);
  }

  @Override
  public void convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    ConvolutionKernels.filterGrad(spec, x, gradOut, out);
  }

  @Override
  public void maxPool(PoolSpec spec, View x, View out, View argmax) {
    PoolingKernels.max(spec, x, out, argmax);
  }

  @Override
  public void avgPool(PoolSpec spec, View x, View out) {
    PoolingKernels.average(spec, x, out);
  }

  @Override
  public void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    PoolingKernels.averageGrad(spec, gradOut, out);
  }

  @Override
  public void random(RandomOp op, long key, long counter, View out) {
    RandomKernel.run(op, key, counter, out);
  }

  @Override
  public void close() {
    // Holds nothing but memory, which the buffers own.
  }
}
