package io.dendra.serialization;

import java.util.Map;

/** Something that a file can describe: made again from the name of its kind and its settings. */
public interface Configured {
  /** The settings by name: numbers, booleans, strings, and lists and maps of these. */
  Map<String, Object> settings();
}
