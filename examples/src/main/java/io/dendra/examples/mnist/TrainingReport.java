package io.dendra.examples.mnist;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dendra.backend.Backends;
import io.dendra.backend.OpenDevice;
import io.dendra.examples.cli.OutputFile;
import io.dendra.examples.cli.Versions;
import io.dendra.models.Model;
import io.dendra.nn.losses.Losses;
import io.dendra.nn.optimizers.Optimizers;
import io.dendra.tensor.Device;
import io.dendra.training.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All there is to say about a training, as JSON. */
record TrainingReport(
    TrainingOptions options,
    FileOptions files,
    OpenDevice device,
    PictureData data,
    Model model,
    Training.Outcome outcome) {
  private static final int FORMAT = 1;
  private static final int FIRST_LOSSES = 20;

  /** Over all epochs of this run, validation not counted. */
  double imagesPerSecond() {
    return data.trainCount() * outcome.history().epochs() / outcome.totalTrainSeconds();
  }

  void write(OutputFile file) {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    file.write(out -> out.write(mapper.writeValueAsBytes(content())));
  }

  Map<String, Object> content() {
    Map<String, String> details = Backends.provider(device.device().backend()).details();
    List<Double> losses = outcome.history().batchLosses();
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("format", FORMAT);
    report.put("finished", Instant.now().toString());
    report.put("backend", backend(details));
    report.put("versions", versions(details));
    report.put("seed", model.seed());
    report.put("data", dataContent());
    report.put("model", modelContent());
    report.put("options", optionContent());
    report.put("epochs", epochs());
    report.put("test_accuracy", finite(outcome.test().get("accuracy")));
    report.put("test_loss", finite(outcome.test().loss()));
    report.put("stop_reason", outcome.history().stopReason());
    report.put("seconds", sum(outcome.history().seconds()));
    report.put("images_per_second", finite(imagesPerSecond()));
    report.put("peak_memory", memoryContent());
    report.put(
        "first_batch_losses", finite(losses.subList(0, Math.min(FIRST_LOSSES, losses.size()))));
    report.put("batch_losses", finite(losses));
    return report;
  }

  private Map<String, Object> backend(Map<String, String> details) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("name", device.device().backend());
    content.put("device", device.device().toString());
    content.put("devices", options.devices().stream().map(Device::toString).toList());
    content.put("engine", details.get("engine"));
    String threads = details.get("threads");
    content.put("threads", threads == null ? 1 : Integer.valueOf(threads));
    content.put("details", details);
    return content;
  }

  private static Map<String, Object> versions(Map<String, String> details) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("dendra", Versions.dendra());
    content.put("java", Versions.java());
    content.put("os", Versions.system());
    content.put("backend", details.get("versions"));
    return content;
  }

  private Map<String, Object> dataContent() {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("name", data.set().name());
    content.put("source", data.source());
    content.put("generated", data.generated());
    content.put("sha256", data.sha256());
    content.put("train_images", data.trainCount());
    content.put("test_images", data.testCount());
    return content;
  }

  private Map<String, Object> modelContent() {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("name", files.resume().isPresent() ? null : options.network().toString());
    content.put("dtype", model.policy().name());
    content.put("resumed_from", files.resume().map(Object::toString).orElse(null));
    content.put(
        "layers", model.layers().stream().map(layer -> layer.getClass().getSimpleName()).toList());
    content.put(
        "weights", model.parameters().stream().mapToLong(weight -> weight.shape().size()).sum());
    return content;
  }

  private Map<String, Object> optionContent() {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("dataset", options.pictures().toString());
    content.put("epochs", options.epochs());
    content.put("batch_size", options.batchSize);
    content.put("optimizer", Optimizers.REGISTRY.describe(model.objective().optimizer()));
    content.put("learning_rate", model.objective().optimizer().learningRate());
    content.put("activation", files.resume().isPresent() ? null : options.activation());
    content.put("loss", Losses.REGISTRY.describe(model.objective().losses().get(0)));
    content.put("augment", options.augment);
    content.put("limit", options.limit);
    return content;
  }

  private List<Map<String, Object>> epochs() {
    History history = outcome.history();
    List<Map<String, Object>> epochs = new ArrayList<>();
    for (int i = 0; i < history.epochs(); i++) {
      Map<String, Object> epoch = new LinkedHashMap<>();
      epoch.put("epoch", outcome.firstEpoch() + i + 1);
      for (Map.Entry<String, List<Double>> series : history.series().entrySet()) {
        epoch.put(series.getKey(), finite(series.getValue().get(i)));
      }
      epoch.put("seconds", history.seconds().get(i));
      epoch.put("train_seconds", outcome.trainSeconds().get(i));
      epoch.put("images_per_second", data.trainCount() / outcome.trainSeconds().get(i));
      epochs.add(epoch);
    }
    return epochs;
  }

  private Map<String, Object> memoryContent() {
    PeakMemory peak = PeakMemory.now(device);
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("heap_bytes", peak.heapBytes());
    content.put("resident_bytes", peak.residentBytes());
    content.put("device_bytes", peak.deviceBytes());
    return content;
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** JSON has no NaN. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static List<Double> finite(List<Double> values) {
    List<Double> checked = new ArrayList<>();
    values.forEach(value -> checked.add(finite(value)));
    return checked;
  }
}
