package io.dendra.training.parallel;

import io.dendra.autograd.Autograd;
import io.dendra.backend.Backends;
import io.dendra.data.DataException;
import io.dendra.models.Model;
import io.dendra.nn.layers.CallContext;
import io.dendra.nn.layers.Parameter;
import io.dendra.ops.ShapeOps;
import io.dendra.random.RandomKey;
import io.dendra.tensor.Device;
import io.dendra.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A model on several devices at once, each with the same weights and a part of the batch.
 *
 * <p>A pass gives the gradients of the whole batch on the model's own device: those of the parts,
 * each weighted by its share, summed around a {@link AllReduce ring}. The optimizer changes the
 * model's own weights by them, and the copies follow before the next pass. So there is one
 * optimizer, with one state, as on one device.
 */
public final class Replicas implements AutoCloseable {
  private final Model model;
  private final List<Device> devices;
  private final int own;
  private final ReplicaThreads threads;
  private final Mirrors mirrors;
  private AllReduce reduce;
  private boolean packed;

  /**
   * Replicas of a model, which has to be on one of the devices.
   *
   * @throws io.dendra.backend.BackendException when a device is not there or cannot be started
   */
  public Replicas(Model model, List<Device> devices) {
    this.model = model;
    this.devices = DeviceList.opened(devices);
    this.own = DeviceList.place(model, this.devices);
    this.threads = new ReplicaThreads(this.devices);
    this.mirrors = new Mirrors(this.devices, own);
  }

  /** The devices. */
  public List<Device> devices() {
    return devices;
  }

  /**
   * What the forward pass of a replica gives.
   *
   * @param loss of its rows, a single number
   * @param scaled what gradients are taken of: the loss, or a multiple of it
   * @param predictions that are wanted on the model's device, {@code [rows, ...]} each; may be none
   */
  public record Forward(Tensor loss, Tensor scaled, List<Tensor> predictions) {}

  /** The forward pass of a replica, on its device as the default one. */
  @FunctionalInterface
  public interface ForwardPass {
    /** Runs on some rows of the batch. */
    Forward run(Shard shard, CallContext context);
  }

  /**
   * What a pass gives, on the model's device.
   *
   * @param gradients one per parameter, of the scaled loss of the batch
   * @param loss of the batch: the mean of those of the parts, weighted by their rows
   * @param predictions of the batch
   * @param updates asked for by layers, such as of moving averages: their weighted mean
   */
  public record Result(
      List<Tensor> gradients, Tensor loss, List<Tensor> predictions, List<Update> updates) {
    /** Overwrites what layers asked for. */
    public void applyUpdates() {
      updates.forEach(update -> update.parameter.assign(update.value));
    }
  }

  /** A new value for a parameter that is not trained. */
  public record Update(Parameter parameter, Tensor value) {}

  /** What one replica leaves for the caller's thread. */
  private record Part(List<Tensor> predictions, List<Parameter> updated) {}

  /**
   * Goes forward and back on a batch. The result belongs to the current scope and is valid until
   * the next pass.
   *
   * @param parameters by which gradients are wanted
   * @param rows the size of the batch
   * @param key of this step; each replica draws from a key of its own
   * @throws ReplicaException when a replica fails; nothing has been changed then
   */
  public Result run(List<Parameter> parameters, int rows, RandomKey key, ForwardPass forward) {
    if (rows == 0) {
      throw new DataException("a batch without samples cannot be trained on");
    }
    packed = false;
    mirrors.follow(model.parameters(), parameters);
    List<Shard> shards = Shard.split(rows, devices.size());
    Part[] parts = new Part[devices.size()];
    int working = Math.min(rows, devices.size());
    try (Meeting meeting = new Meeting(working)) {
      threads.run(
          replica -> {
            if (replica < working) {
              UnaryOperator<Tensor> sum = working == 1 ? null : x -> meeting.sum(replica, x);
              CallContext context = CallContext.training(key.fold(replica), sum);
              try {
                parts[replica] = pass(replica, shards.get(replica), parameters, context, forward);
              } finally {
                meeting.leave();
              }
            }
          });
      for (int i = 0; i < parts.length; i++) {
        if (parts[i] == null) {
          reduce.putZeros(i);
        }
      }
      reduce.sum();
      return result(parameters.size(), parts);
    } finally {
      for (Part part : parts) {
        if (part != null) {
          part.predictions.forEach(Tensor::close);
        }
      }
    }
  }

  /**
   * Waits for all devices at the end of a step: those that work ahead tell only then what went
   * wrong.
   *
   * @throws ReplicaException when a device reports an error
   */
  public void await() {
    for (int i = 0; i < devices.size(); i++) {
      ReplicaException.await(Backends.open(devices.get(i)), i);
    }
  }

  private Part pass(
      int replica,
      Shard shard,
      List<Parameter> parameters,
      CallContext context,
      ForwardPass forward) {
    Forward result = forward.run(shard, context);
    Tensor scaled = result.scaled.mul(shard.share());
    List<Tensor> values = parameters.stream().map(Parameter::value).toList();
    List<Tensor> gradients = Autograd.grad(scaled, values, options -> options.allowUnused());
    List<Parameter> updated = new ArrayList<>(context.updates().keySet());
    Autograd.noGrad(
        () -> {
          List<Tensor> summed = new ArrayList<>();
          for (int i = 0; i < values.size(); i++) {
            summed.add(gradients.get(i).cast(values.get(i).dtype()));
          }
          summed.add(result.loss.detach().mul(shard.share()));
          updated.forEach(parameter -> summed.add(context.current(parameter).mul(shard.share())));
          reduceFor(replica, values, summed).put(replica, summed);
        });
    return new Part(
        result.predictions.stream().map(prediction -> prediction.owned()).toList(), updated);
  }

  /** The first replica to come makes it; all have tensors of the same shapes. */
  private synchronized AllReduce reduceFor(int replica, List<Tensor> weights, List<Tensor> summed) {
    // Gradients in the memory order of their weights, which optimizers want them in.
    List<Tensor> like = new ArrayList<>(weights);
    like.addAll(summed.subList(weights.size(), summed.size()));
    List<AllReduce.Place> places = AllReduce.places(like);
    boolean fits = reduce != null && reduce.places().equals(places);
    if (!fits && packed) {
      throw new IllegalStateException(
          "replica "
              + replica
              + " has updates for other weights than those before it: on several devices a layer"
              + " has to update the same ones whatever its input");
    }
    if (!fits) {
      closeReduce();
      reduce = new AllReduce(devices, places);
    }
    packed = true;
    return reduce;
  }

  private Result result(int parameters, Part[] parts) {
    List<Tensor> sums = reduce.results(own);
    // The first part has rows whenever any has.
    List<Parameter> updated = parts[0].updated;
    List<Update> updates = new ArrayList<>();
    for (int i = 0; i < updated.size(); i++) {
      updates.add(new Update(updated.get(i), sums.get(parameters + 1 + i)));
    }
    return new Result(sums.subList(0, parameters), sums.get(parameters), gathered(parts), updates);
  }

  private List<Tensor> gathered(Part[] parts) {
    List<Tensor> whole = new ArrayList<>();
    for (int output = 0; output < parts[0].predictions.size(); output++) {
      List<Tensor> rows = new ArrayList<>();
      for (Part part : parts) {
        if (part != null) {
          rows.add(part.predictions.get(output).to(devices.get(own)));
        }
      }
      // A handle of the current scope also where there is only one part.
      Tensor joined = ShapeOps.concatenate(0, rows.toArray(new Tensor[0]));
      whole.add(joined.detach());
    }
    return whole;
  }

  private void closeReduce() {
    if (reduce != null) {
      reduce.close();
      reduce = null;
    }
  }

  @Override
  public void close() {
    threads.close();
    mirrors.close();
    closeReduce();
  }
}
