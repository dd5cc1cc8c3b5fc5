package io.dendra.backend.cuda;

import io.dendra.backend.ArgReduceOp;
import io.dendra.backend.Backend;
import io.dendra.backend.BinaryOp;
import io.dendra.backend.Buffer;
import io.dendra.backend.CapturedWork;
import io.dendra.backend.CompareOp;
import io.dendra.backend.ConvSpec;
import io.dendra.backend.FusedKernel;
import io.dendra.backend.FusedOp;
import io.dendra.backend.PoolSpec;
import io.dendra.backend.RandomOp;
import io.dendra.backend.ReduceOp;
import io.dendra.backend.ReplayVariables;
import io.dendra.backend.UnaryOp;
import io.dendra.backend.View;
import io.dendra.tensor.Device;

/** An NVIDIA device. */
final class CudaBackend implements Backend {
  private final Device name;
  private final CudaDevice device;
  private final Transfers transfers;
  private final Copies copies;
  private final PeerCopies peers;
  private final Elementwise elementwise;
  private final Matmul matmul;
  private final Reductions reductions;
  private final RandomNumbers randomNumbers;
  private final Pooling pooling;
  private final Convolution convolution;
  private final FusedKernels fused;
  private final IntegerMatmul integerMatmul;
  private final Scans scans;
  private final Sorting sorting;
  private final Indexing indexing;
  private final Scattering scattering;

  CudaBackend(CudaDevice device) {
    this.name = new Device(CudaProvider.NAME, device.index());
    this.device = device;
    this.transfers = new Transfers(device);
    this.copies = new Copies(device);
    this.peers = new PeerCopies(device, copies);
    this.elementwise = new Elementwise(device);
    CudaSettings settings = CudaSettings.read();
    this.matmul = new Matmul(device, copies, settings.precision());
    this.reductions = new Reductions(device);
    this.randomNumbers = new RandomNumbers(device);
    this.pooling = new Pooling(device);
    this.convolution = new Convolution(device, copies, settings);
    this.integerMatmul = new IntegerMatmul(device);
    this.scans = new Scans(device);
    this.sorting = new Sorting(device);
    this.indexing = new Indexing(device);
    this.scattering = new Scattering(device, sorting);
    this.fused = new FusedKernels(device, copies, reductions, matmul, convolution);
  }

  @Override
  public Device device() {
    return name;
  }

  /** The device behind it. */
  CudaDevice cuda() {
    return device;
  }

  // ---- memory

  @Override
  public Buffer allocate(long bytes) {
    device.enter();
    long address = device.driver().allocate(bytes);
    return address == 0 ? null : new CudaBuffer(device, address, bytes);
  }

  /** What lies on a lost device is gone already. */
  @Override
  public void free(Buffer buffer) {
    if (device.driver().lostBy(device.index()) == null) {
      device.enter();
      device.driver().free(((CudaBuffer) buffer).address());
    }
  }

  @Override
  public void fill(View out, double value) {
    copies.fill(out, value);
  }

  @Override
  public void fromHost(Object array, int start, View out) {
    transfers.fromHost(array, start, out);
  }

  @Override
  public void toHost(View in, Object array, int start) {
    transfers.toHost(in, array, start);
  }

  @Override
  public void copy(View in, View out) {
    copies.copy(in, out);
  }

  @Override
  public void copyFrom(Backend source, View in, View out) {
    if (in.buffer() instanceof CudaBuffer memory) {
      peers.copy(memory.device(), in, out);
    } else {
      Backend.super.copyFrom(source, in, out);
    }
  }

  @Override
  public void synchronize() {
    device.synchronize();
    device.indexFaults().check();
  }

  // ---- elementwise

  @Override
  public void unary(UnaryOp op, View x, View out) {
    elementwise.unary(op, x, out);
  }

  @Override
  public void binary(BinaryOp op, View a, View b, View out) {
    elementwise.binary(op, a, b, out);
  }

  @Override
  public void binaryScalar(BinaryOp op, View a, double scalar, boolean scalarFirst, View out) {
    elementwise.binaryScalar(op, a, scalar, scalarFirst, out);
  }

  @Override
  public void compare(CompareOp op, View a, View b, View out) {
    elementwise.compare(op, a, b, out);
  }

  @Override
  public void where(View condition, View a, View b, View out) {
    elementwise.where(condition, a, b, out);
  }

  @Override
  public void cast(View in, View out) {
    elementwise.cast(in, out);
  }

  // ---- reduction

  @Override
  public void reduce(ReduceOp op, View in, int[] axes, View out) {
    reductions.reduce(op, in, axes, out);
  }

  @Override
  public void argReduce(ArgReduceOp op, View in, int axis, View out) {
    reductions.argReduce(op, in, axis, out);
  }

  @Override
  public void cumulativeSum(View in, int axis, boolean exclusive, boolean reverse, View out) {
    scans.cumulativeSum(in, axis, exclusive, reverse, out);
  }

  @Override
  public void topK(View in, int axis, boolean largest, View values, View indices) {
    sorting.topK(in, axis, largest, values, indices);
  }

  // ---- linear algebra

  @Override
  public void matmul(View a, View b, View out) {
    if (out.dtype().isInteger()) {
      integerMatmul.run(a, b, out);
    } else {
      matmul.run(a, b, out);
    }
  }

  // ---- indexing

  @Override
  public void gather(View in, View indices, int axis, View out) {
    indexing.gather(in, indices, axis, out);
  }

  @Override
  public void scatterAdd(View indices, View updates, int axis, View out) {
    scattering.scatterAdd(indices, updates, axis, out);
  }

  @Override
  public void takeAlong(View in, View indices, int axis, View out) {
    indexing.takeAlong(in, indices, axis, out);
  }

  @Override
  public void putAlongAdd(View indices, View updates, int axis, View out) {
    scattering.putAlongAdd(indices, updates, axis, out);
  }

  @Override
  public void checkLabels(View labels, long classes) {
    indexing.checkLabels(labels, classes);
  }

  // ---- convolution

  @Override
  public void conv(ConvSpec spec, View x, View w, View out) {
    convolution.forward(spec, x, w, out);
  }

  @Override
  public void convInputGrad(ConvSpec spec, View gradOut, View w, View out) {
    convolution.inputGradient(spec, gradOut, w, out);
  }

  @Override
  public void convFilterGrad(ConvSpec spec, View x, View gradOut, View out) {
    convolution.filterGradient(spec, x, gradOut, out);
  }

  // ---- pooling

  @Override
  public void maxPool(PoolSpec spec, View x, View out, View argmax) {
    pooling.maxPool(spec, x, out, argmax);
  }

  @Override
  public void avgPool(PoolSpec spec, View x, View out) {
    pooling.avgPool(spec, x, out);
  }

  @Override
  public void avgPoolGrad(PoolSpec spec, View gradOut, View out) {
    pooling.avgPoolGrad(spec, gradOut, out);
  }

  // ---- random numbers

  @Override
  public void random(RandomOp op, long key, long counter, View out) {
    randomNumbers.random(op, key, counter, out);
  }

  // ---- fused

  @Override
  public FusedKernel fused(FusedOp op, View[] inputs) {
    return fused.of(op, inputs);
  }

  // ---- capture

  @Override
  public CapturedWork capture(ReplayVariables variables, Runnable body) {
    return device.capture(variables, body);
  }

  @Override
  public void close() {
    peers.close();
    convolution.close();
    device.close();
  }
}
