package io.dendra.sweep.execution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dendra.backend.DeviceLostException;
import io.dendra.sweep.distributions.CategoricalDistribution;
import io.dendra.sweep.distributions.Distribution;
import io.dendra.sweep.distributions.FloatDistribution;
import io.dendra.sweep.distributions.IntDistribution;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What server and workers say to each other. */
final class Messages {
  static final int VERSION = 1;
  static final String TYPE = "type";
  static final String HELLO = "hello";
  static final String WELCOME = "welcome";
  static final String ALIVE = "alive";
  static final String SUGGEST = "suggest";
  static final String REPORT = "report";
  static final String SHOULD_PRUNE = "should-prune";
  static final String ATTRIBUTE = "attribute";
  static final String DIRECTORY = "directory";
  static final String COMPLETE = "complete";
  static final String PRUNED = "pruned";
  static final String FAILED = "failed";
  static final String ANSWER = "answer";
  static final String REFUSED = "refused";

  private static final int LONGEST_TRACE = 16_000;

  private Messages() {}

  static ObjectNode of(String type) {
    return JsonLines.JSON.createObjectNode().put(TYPE, type);
  }

  static String type(ObjectNode message) {
    return message.path(TYPE).asText();
  }

  /** A part that has to be there. */
  static JsonNode part(ObjectNode message, String name) throws IOException {
    JsonNode part = message.get(name);
    if (part == null) {
      throw new IOException("a message '" + type(message) + "' without '" + name + "'");
    }
    return part;
  }

  static double number(ObjectNode message, String name) throws IOException {
    JsonNode part = part(message, name);
    if (!part.isNumber()) {
      throw new IOException("'" + name + "' of a message is no number");
    }
    return part.doubleValue();
  }

  static ObjectNode distribution(Distribution distribution) {
    ObjectNode node = JsonLines.JSON.createObjectNode();
    if (distribution instanceof FloatDistribution d) {
      node.put(TYPE, "float").put("low", d.low()).put("high", d.high());
      return node.put("log", d.log()).put("step", d.step());
    }
    if (distribution instanceof IntDistribution d) {
      node.put(TYPE, "int").put("low", d.low()).put("high", d.high());
      return node.put("log", d.log()).put("step", d.step());
    }
    CategoricalDistribution d = (CategoricalDistribution) distribution;
    return node.put(TYPE, "categorical").set("choices", tree(d.choices()));
  }

  static Distribution distribution(JsonNode given) throws IOException {
    if (!(given instanceof ObjectNode node)) {
      throw new IOException("a distribution that is no object");
    }
    return switch (type(node)) {
      case "float" ->
          new FloatDistribution(
              number(node, "low"),
              number(node, "high"),
              part(node, "log").asBoolean(),
              number(node, "step"));
      case "int" ->
          new IntDistribution(
              part(node, "low").asLong(),
              part(node, "high").asLong(),
              part(node, "log").asBoolean(),
              part(node, "step").asLong());
      case "categorical" -> {
        if (value(part(node, "choices")) instanceof List<?> choices) {
          yield new CategoricalDistribution(new ArrayList<>(choices));
        }
        throw new IOException("choices that are no list");
      }
      default -> throw new IOException("a distribution of unknown kind");
    };
  }

  /**
   * A value of JSON.
   *
   * @throws IllegalArgumentException when it is none
   */
  static JsonNode tree(Object value) {
    requireJson(value);
    return JsonLines.JSON.valueToTree(value);
  }

  /** The value of JSON that was sent: whole numbers as {@code Long}. */
  static Object value(JsonNode node) throws IOException {
    return JsonLines.JSON.treeToValue(node, Object.class);
  }

  private static void requireJson(Object value) {
    if (value instanceof List<?> list) {
      list.forEach(Messages::requireJson);
    } else if (value instanceof Map<?, ?> map) {
      map.keySet().forEach(Messages::requireJson);
      map.values().forEach(Messages::requireJson);
    } else if (value != null
        && !(value instanceof String)
        && !(value instanceof Number)
        && !(value instanceof Boolean)) {
      throw new IllegalArgumentException(
          "a value is a string, number, truth value, null, or a list or map of such, given a "
              + value.getClass().getName());
    }
  }

  static ObjectNode failed(Throwable thrown) {
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace, true));
    String text = trace.toString().strip();
    return of(FAILED)
        .put("class", thrown.getClass().getName())
        .put("trace", text.length() <= LONGEST_TRACE ? text : text.substring(0, LONGEST_TRACE))
        .put("deviceLost", isDeviceLost(thrown));
  }

  static RemoteFailureException failure(ObjectNode message) {
    return new RemoteFailureException(
        message.path("class").asText("an unknown error"),
        message.path("trace").asText(),
        message.path("deviceLost").asBoolean());
  }

  private static boolean isDeviceLost(Throwable thrown) {
    int depth = 0;
    for (Throwable cause = thrown; cause != null && depth++ < 50; cause = cause.getCause()) {
      if (cause instanceof DeviceLostException) {
        return true;
      }
    }
    return false;
  }
}
