package io.dendra.backend.cuda.driver;

/**
 * The part of the CUDA driver API that Dendra uses.
 *
 * <p>Device memory is a plain address, 0 for none. Calls that concern a device act on the one that
 * {@link #makeCurrent} chose for the calling thread. Every method throws {@link CudaException} when
 * the driver returns an error, unless it says otherwise.
 */
public interface Driver {
  /** An ordered queue of work of one device. */
  interface Stream {}

  /** A point in a stream that others can wait for. */
  interface Event {}

  /** Code that was loaded on one device. */
  interface Module {}

  /** A kernel of a module. */
  interface Function {}

  /** Captured work, ready to be launched as a whole. */
  interface Graph {}

  // ---- devices

  /** The version of CUDA that the driver supports: 12060 for 12.6. */
  int version();

  /** The number of devices. */
  int deviceCount();

  /** What a device is. */
  DeviceInfo describe(int device);

  /** Keeps a device's primary context alive until {@link #release}. */
  void retain(int device);

  /** Undoes {@link #retain}. */
  void release(int device);

  /**
   * Makes the calling thread work on a device.
   *
   * @throws io.dendra.backend.DeviceLostException when an error has made it unusable
   */
  void makeCurrent(int device);

  /** The error that made a device unusable, or null. */
  CudaException lostBy(int device);

  // ---- memory

  /** Device memory, or 0 when there is not enough. */
  long allocate(long bytes);

  /** Gives device memory back once all work of the device is done. */
  void free(long address);

  /** Page-locked host memory for all devices. */
  HostMemory allocateHost(long bytes);

  /** Gives host memory back. */
  void freeHost(HostMemory memory);

  /** Copies from host memory, in the order of a stream. */
  void copyToDevice(long target, HostMemory source, long offset, long bytes, Stream stream);

  /** Copies to host memory, in the order of a stream. */
  void copyToHost(HostMemory target, long offset, long source, long bytes, Stream stream);

  /** Copies within the device, in the order of a stream. */
  void copy(long target, long source, long bytes, Stream stream);

  /** Copies between two devices, in the order of a stream of the calling thread's device. */
  void copyPeer(
      long target, int targetDevice, long source, int sourceDevice, long bytes, Stream stream);

  /**
   * Lets the calling thread's device read and write another's memory directly, where the two can;
   * copies between them go over the host otherwise.
   */
  void reach(int peer);

  /** Sets bytes, in the order of a stream. */
  void fill(long target, byte value, long bytes, Stream stream);

  // ---- streams and events

  /** A stream that does not wait for the default one. */
  Stream createStream();

  /** Waits until the work in a stream is done. */
  void synchronize(Stream stream);

  /** Gives a stream back. */
  void destroy(Stream stream);

  /** An event without a time stamp. */
  Event createEvent();

  /** Marks the end of the work that is in the stream now. */
  void record(Event event, Stream stream);

  /** Has a stream wait for an event, also one of another device. */
  void await(Stream stream, Event event);

  /** Waits until an event has passed. */
  void synchronize(Event event);

  /** Gives an event back. */
  void destroy(Event event);

  // ---- kernels

  /** Loads machine code or PTX on the device. */
  Module load(byte[] image);

  /** A kernel of a module. */
  Function function(Module module, String name);

  /** Allows a kernel more dynamic shared memory than 48 KiB. */
  void allowShared(Function function, int bytes);

  /** Unloads a module. */
  void unload(Module module);

  /**
   * Starts a kernel.
   *
   * @param grid blocks along x, y and z
   * @param block threads along x
   * @param shared bytes of dynamic shared memory
   * @param arguments begins with the address of each argument; copied during the call
   */
  void launch(
      Function function, Grid grid, int block, int shared, Stream stream, HostMemory arguments);

  // ---- graphs

  /** Records what is put into a stream from now on, instead of running it. */
  void beginCapture(Stream stream);

  /** Ends a capture and makes its work ready for launching. */
  Graph endCapture(Stream stream);

  /** Ends a capture and drops what it holds; never throws. */
  void abandonCapture(Stream stream);

  /** Runs captured work in the order of a stream. */
  void launch(Graph graph, Stream stream);

  /** Drops captured work. */
  void destroy(Graph graph);
}
