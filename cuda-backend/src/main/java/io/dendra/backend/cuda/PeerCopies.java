package io.dendra.backend.cuda;

import io.dendra.backend.View;
import io.dendra.backend.cuda.driver.Driver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Copies from other devices, without a way over the host where the devices reach each other.
 *
 * <p>The copy runs in this device's stream. Events keep it behind the work of the source that is
 * under way, and what the source is given next behind the copy.
 */
final class PeerCopies {
  private final CudaDevice device;
  private final Copies copies;
  private final ConcurrentLinkedDeque<Driver.Event> arrivals = new ConcurrentLinkedDeque<>();
  private final Map<CudaDevice, Peer> peers = new ConcurrentHashMap<>();

  /** What this device keeps of another one: events of it, and whether its memory is in reach. */
  private record Peer(ConcurrentLinkedDeque<Driver.Event> departures, AtomicBoolean inReach) {
    Peer() {
      this(new ConcurrentLinkedDeque<>(), new AtomicBoolean());
    }
  }

  PeerCopies(CudaDevice device, Copies copies) {
    this.device = device;
    this.copies = copies;
  }

  /** Copies between views that are dense in one order. */
  void copy(CudaDevice source, View in, View out) {
    long bytes = in.layout().size() * in.dtype().byteSize();
    if (bytes == 0) {
      return;
    }
    if (source == device) {
      copies.copy(in, out);
      return;
    }
    device.requireNoCapture("copying from another device");
    source.requireNoCapture("copying to another device");
    Driver driver = device.driver();
    Peer peer = peers.computeIfAbsent(source, other -> new Peer());
    source.enter();
    Driver.Event departure = take(peer.departures, driver);
    device.enter();
    Driver.Event arrival = take(arrivals, driver);
    if (peer.inReach.compareAndSet(false, true)) {
      driver.reach(source.index());
    }
    try {
      synchronized (source) {
        source.enter();
        driver.record(departure, source.stream());
      }
      synchronized (device) {
        device.enter();
        driver.await(device.stream(), departure);
        driver.copyPeer(
            CudaBuffer.address(out),
            device.index(),
            CudaBuffer.address(in),
            source.index(),
            bytes,
            device.stream());
        driver.record(arrival, device.stream());
      }
      synchronized (source) {
        source.enter();
        driver.await(source.stream(), arrival);
      }
    } finally {
      // A stream that waits has noted what it waits for.
      peer.departures.push(departure);
      arrivals.push(arrival);
    }
  }

  private static Driver.Event take(ConcurrentLinkedDeque<Driver.Event> idle, Driver driver) {
    Driver.Event event = idle.poll();
    return event == null ? driver.createEvent() : event;
  }

  /** Gives the events back. */
  void close() {
    Driver driver = device.driver();
    if (driver.lostBy(device.index()) == null) {
      device.enter();
      arrivals.forEach(driver::destroy);
    }
    peers.forEach(
        (source, peer) -> {
          if (driver.lostBy(source.index()) == null) {
            source.enter();
            peer.departures.forEach(driver::destroy);
          }
        });
    peers.clear();
    arrivals.clear();
  }
}
