package io.dendra.sweep.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dendra.sweep.LostTrialException;
import io.dendra.sweep.Trial;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's side of one trial that a worker has taken up. */
final class ServedTrial {
  private static final Logger LOG = LoggerFactory.getLogger(ServedTrial.class);

  private final TrialOffer offer;
  private final Trial trial;
  private final JsonLines lines;
  private final Duration silence;

  ServedTrial(TrialOffer offer, JsonLines lines, Duration silence) {
    this.offer = offer;
    this.trial = offer.trial();
    this.lines = lines;
    this.silence = silence;
  }

  /** Answers until the trial has ended or the worker is gone. */
  void serve() {
    offer.whenEnded(this::hangUp);
    try {
      lines.write(welcome());
      while (!offer.hasEnded()) {
        answer(lines.read());
      }
    } catch (IOException e) {
      offer.end(
          new TrialOutcome.Failed(
              new WorkerLostException(
                  "the worker of trial " + trial.number() + " is gone: " + e.getMessage(), e)));
    } catch (RuntimeException | Error e) {
      // Nobody else would hear of it, and the trial would never end.
      offer.end(new TrialOutcome.Failed(e));
    }
  }

  /** A worker that still works notices by this that it should not. */
  private void hangUp() {
    try {
      lines.close();
    } catch (IOException e) {
      LOG.debug("the connection of trial {} could not be closed", trial.number(), e);
    }
  }

  private ObjectNode welcome() {
    return Messages.of(Messages.WELCOME)
        .put("device", trial.device().toString())
        .put("key", trial.key().value())
        .put("silence", silence.toMillis())
        .set("parameters", Messages.tree(trial.parameters()));
  }

  private void answer(ObjectNode message) throws IOException {
    ObjectNode answer = Messages.of(Messages.ANSWER);
    TrialOutcome ended = null;
    switch (Messages.type(message)) {
      case Messages.ALIVE -> answer = Messages.of(Messages.ALIVE);
      case Messages.COMPLETE -> ended = new TrialOutcome.Complete(values(message));
      case Messages.PRUNED -> ended = new TrialOutcome.Pruned();
      case Messages.FAILED -> ended = new TrialOutcome.Failed(Messages.failure(message));
      default -> ended = call(message, answer);
    }
    try {
      lines.write(answer);
    } finally {
      // Also when the worker did not wait for the answer.
      if (ended != null) {
        offer.end(ended);
      }
    }
  }

  /** What the trial throws goes to the worker; what ends the trial for good also stays here. */
  private TrialOutcome call(ObjectNode message, ObjectNode answer) throws IOException {
    try {
      perform(message, answer);
      return null;
    } catch (LostTrialException | StorageException e) {
      error(answer, e);
      return new TrialOutcome.Failed(e);
    } catch (RuntimeException e) {
      error(answer, e);
      return null;
    }
  }

  private static void error(ObjectNode answer, RuntimeException e) {
    answer.set("error", Messages.failed(e).put("message", String.valueOf(e.getMessage())));
  }

  private void perform(ObjectNode message, ObjectNode answer) throws IOException {
    switch (Messages.type(message)) {
      case Messages.SUGGEST -> {
        Distribution distribution = Messages.distribution(message.get("distribution"));
        Object value = trial.suggest(Messages.part(message, "name").asText(), distribution);
        answer.put("value", distribution.encode(value));
      }
      case Messages.REPORT -> {
        trial.report(Messages.part(message, "step").asInt(), Messages.number(message, "value"));
        // Most objectives ask next, so they are spared the way.
        answer.put("prune", trial.shouldPrune());
      }
      case Messages.SHOULD_PRUNE -> answer.put("prune", trial.shouldPrune());
      case Messages.ATTRIBUTE ->
          trial.attribute(
              Messages.part(message, "key").asText(),
              Messages.value(Messages.part(message, "value")));
      case Messages.DIRECTORY ->
          answer.put("directory", trial.directory().toAbsolutePath().toString());
      default -> throw new IOException("an unknown message of a worker");
    }
  }

  private static List<Double> values(ObjectNode message) throws IOException {
    List<Double> values = new ArrayList<>();
    for (JsonNode value : Messages.part(message, "values")) {
      if (!value.isNumber()) {
        throw new IOException("a value that is no number");
      }
      values.add(value.doubleValue());
    }
    return values;
  }
}
