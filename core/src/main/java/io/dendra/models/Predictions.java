package io.dendra.models;

import io.dendra.backend.CaptureException;
import io.dendra.tensor.NDArray;
import io.dendra.tensor.TensorSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recorded predictions of a model, by the shapes of their inputs: one for each thread that
 * predicts at the same time. The shapes that were not used for longest go first.
 */
final class Predictions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Predictions.class);
  private static final int MOST_SHAPES = 8;

  private final Model model;
  private final Map<List<TensorSpec>, Deque<Prediction>> idle =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Set<List<TensorSpec>> seen = new HashSet<>();
  private boolean off;

  Predictions(Model model) {
    this.model = model;
    String obstacle = CapturePolicy.obstacle(model);
    off = obstacle != null;
    if (off) {
      LOG.debug("Predictions are not replayed: {}", obstacle);
    }
  }

  /** The outputs, or null when they are to be computed as they are: shapes that are new, too. */
  List<NDArray> run(List<NDArray> inputs) {
    List<TensorSpec> specs =
        inputs.stream().map(x -> new TensorSpec(x.shape(), x.dtype())).toList();
    Prediction prediction = take(specs);
    if (prediction == null) {
      return null;
    }
    try {
      return prediction.run(inputs);
    } finally {
      give(specs, prediction);
    }
  }

  private Prediction take(List<TensorSpec> specs) {
    synchronized (idle) {
      if (off || (!idle.containsKey(specs) && seen.add(specs))) {
        return null;
      }
      if (seen.size() > 4 * MOST_SHAPES) {
        seen.clear();
      }
      Deque<Prediction> ready = idle.get(specs);
      while (ready != null && !ready.isEmpty()) {
        Prediction prediction = ready.pollLast();
        if (prediction.isValid()) {
          return prediction;
        }
        prediction.close();
      }
    }
    try {
      return new Prediction(model, specs);
    } catch (CaptureException e) {
      LOG.info("Predictions on {} are not replayed: {}", model.device(), e.getMessage());
      synchronized (idle) {
        off = true;
      }
      return null;
    }
  }

  private void give(List<TensorSpec> specs, Prediction prediction) {
    synchronized (idle) {
      if (off) {
        prediction.close();
        return;
      }
      idle.computeIfAbsent(specs, key -> new ArrayDeque<>()).addLast(prediction);
      if (idle.size() > MOST_SHAPES) {
        Iterator<Deque<Prediction>> oldest = idle.values().iterator();
        oldest.next().forEach(Prediction::close);
        oldest.remove();
      }
    }
  }

  /** Those at work are closed when they are done. */
  @Override
  public void close() {
    synchronized (idle) {
      off = true;
      idle.values().forEach(ready -> ready.forEach(Prediction::close));
      idle.clear();
    }
  }
}
