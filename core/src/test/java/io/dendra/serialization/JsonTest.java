package io.dendra.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void readsEveryKindOfValue() {
    Object value =
        Json.read(
            " {\"a\": [1, -2.5e1, true, false, null, \"x\\n\\u00e9\\ud83d\\ude00/\"],\r\n\t\"b\":{}}");
    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("a", Arrays.asList(1L, -25.0, true, false, null, "x\n\u00e9\ud83d\ude00/"));
    expected.put("b", Map.of());
    assertThat(value).isEqualTo(expected);
  }

  @Test
  void numbersKeepKindSizeAndSign() {
    assertThat(Json.read("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(Json.read("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    assertThat(Json.read("9223372036854775808")).isEqualTo(0x1p63);
    assertThat(Json.read("-0")).isEqualTo(-0.0);
    assertThat(Json.read("1.0")).isEqualTo(1.0);
    assertThat(Json.read("1e400".replace("400", "-400"))).isEqualTo(0.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e999",
        "NaN",
        "Infinity",
        "tru",
        "nul",
        "\"a",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u١٢٣٤\"",
        "\"a\nb\"",
        "1 2",
        "// a\n1",
        "{\"a\":1,\"a\":2}",
        "\uFEFF1",
        "[1]]",
        "\u00a01",
        "\"\\"
      })
  void refusesWhatIsNotJson(String text) {
    assertThatThrownBy(() -> Json.read(text))
        .isInstanceOf(JsonException.class)
        .hasMessageMatching("(?s)line \\d+, column \\d+: .+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1, x]|line 1, column 5: expected a value, found 'x'",
        "{\"a\" 1}|line 1, column 6: expected ':' after the name 'a', found '1'",
        "[1|line 1, column 3: expected ',' or ']', found the end of the text",
        "{\"a\":1,\"a\":2}|line 1, column 8: the name 'a' comes twice in one object",
      })
  void saysWhereAndWhat(String text, String message) {
    assertThatThrownBy(() -> Json.read(text)).hasMessage(message);
  }

  @Test
  void countsLines() {
    assertThatThrownBy(() -> Json.read("{\n  \"a\": 1,\n  \"b\": ?\n}"))
        .hasMessageStartingWith("line 3, column 8: ");
  }

  @Test
  void depthIsLimitedInsteadOfTheStack() {
    assertThatThrownBy(() -> Json.read("[".repeat(1_000_000)))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("deeper");
    List<Object> itself = new ArrayList<>();
    itself.add(itself);
    assertThatThrownBy(() -> Json.write(itself))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("in themselves");
    String deepest = "[".repeat(Json.MOST_DEPTH) + "]".repeat(Json.MOST_DEPTH);
    assertThat(Json.write(Json.read(deepest))).isEqualTo(deepest);
  }

  @Test
  void refusesBytesThatAreNotUtf8() {
    assertThatThrownBy(() -> Json.read(new byte[] {'"', (byte) 0xC0, '"'}))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void namesThePlaceOfWhatCannotBeWritten() {
    assertThatThrownBy(() -> Json.write(Map.of("history", Map.of("loss", List.of(1, Double.NaN)))))
        .isInstanceOf(JsonException.class)
        .hasMessage("JSON has no NaN at history.loss[1]: write null or a text in its place");
    assertThatThrownBy(() -> Json.write(List.of(Float.NEGATIVE_INFINITY)))
        .hasMessageContaining("-Infinity at [0]");
    assertThatThrownBy(() -> Json.write(Map.of("x", Thread.State.NEW)))
        .hasMessageContaining("java.lang.Thread$State")
        .hasMessageContaining("at x");
    assertThatThrownBy(() -> Json.write(Map.of(1, 2))).isInstanceOf(JsonException.class);
  }

  @Test
  void writesInOneLineAndInMany() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("shape", new int[] {2, 3});
    value.put("layers", List.of(Map.of("units", 4)));
    value.put("none", null);
    value.put("empty", List.of());
    assertThat(Json.write(value))
        .isEqualTo("{\"shape\":[2,3],\"layers\":[{\"units\":4}],\"none\":null,\"empty\":[]}");
    assertThat(Json.pretty(value))
        .isEqualTo(
            """
            {
              "shape": [2, 3],
              "layers": [
                {
                  "units": 4
                }
              ],
              "none": null,
              "empty": []
            }""");
    assertThat(Json.write("\u0000\u007f\ud800\ude00x\ud800"))
        .isEqualTo("\"\\u0000\\u007f\ud800\ude00x\\ud800\"");
  }

  @Test
  void whatIsWrittenReadsTheSame() {
    RandomStream random = new RandomStream(RandomKey.of(11));
    for (int i = 0; i < 2000; i++) {
      Object value = value(random, 0);
      assertThat(Json.read(Json.write(value))).isEqualTo(value);
      byte[] pretty = Json.pretty(value).getBytes(StandardCharsets.UTF_8);
      assertThat(Json.read(pretty)).isEqualTo(value);
    }
  }

  @Test
  void anyTextIsReadOrRefused() {
    RandomStream random = new RandomStream(RandomKey.of(12));
    String start = "{\"a\": [1, -2.5e+1, true, null, \"x\\u00e9\"], \"b\": {\"c\": false}}";
    String symbols = "{}[]\",:\\u0129eE+-.truefalsn \n\u0000\u00e9\ud800";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(start);
      for (int change = random.nextInt(4); change >= 0; change--) {
        char symbol = symbols.charAt(random.nextInt(symbols.length()));
        int place = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(place, symbol);
          case 1 -> text.insert(place, symbol);
          default -> text.deleteCharAt(place);
        }
      }
      try {
        Object value = Json.read(text.toString());
        assertThat(Json.read(Json.write(value))).isEqualTo(value);
      } catch (JsonException e) {
        assertThat(e).hasMessageStartingWith("line ");
      }
    }
  }

  private static Object value(RandomStream random, int depth) {
    return switch (random.nextInt(depth < 4 ? 8 : 6)) {
      case 0 -> null;
      case 1 -> random.nextInt(2) == 0;
      case 2 -> random.nextLong();
      case 3 -> (long) random.nextInt(100);
      case 4 -> {
        double bits = Double.longBitsToDouble(random.nextLong());
        yield Double.isFinite(bits) ? bits : 0.5;
      }
      case 5 -> {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
          text.appendCodePoint(random.nextInt(0xD800));
        }
        yield text.toString();
      }
      case 6 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(value(random, depth + 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put("k" + random.nextInt(50), value(random, depth + 1));
        }
        yield map;
      }
    };
  }
}
