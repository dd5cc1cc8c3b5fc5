package io.dendra.serialization;

import io.dendra.text.Suggestions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The members of a family by name: how a string in {@code compile} or in a file becomes an object,
 * and an object a description in a file.
 *
 * <p>A description is the name alone, or a map of the name under {@code "name"} and the settings.
 *
 * @param <T> the family
 */
public final class Registry<T> {
  private static final String NAME = "name";

  private final String family;
  private final Map<String, Function<Settings, ? extends T>> makers =
      Collections.synchronizedMap(new LinkedHashMap<>());
  private final Map<Object, String> names = Collections.synchronizedMap(new LinkedHashMap<>());

  /** A registry of a family that error messages name, such as {@code activation}. */
  public Registry(String family) {
    this.family = family;
  }

  /** Adds a member that has no settings. */
  public Registry<T> constant(String name, T member) {
    makers.put(name, settings -> member);
    names.put(member, name);
    return this;
  }

  /**
   * Adds a kind of members made from settings, which is told by its class when it is written.
   *
   * @param maker has to accept settings without any, and take the defaults then, if the name is to
   *     be usable alone
   */
  public <K extends T> Registry<T> kind(String name, Class<K> type, Function<Settings, K> maker) {
    makers.put(name, maker);
    names.put(type, name);
    return this;
  }

  /** All names, in the order they were added. */
  public Set<String> names() {
    return Set.copyOf(makers.keySet());
  }

  /**
   * The member of a name.
   *
   * @throws IllegalArgumentException when there is none, listing near names
   */
  public T of(String name) {
    return make(name, Map.of());
  }

  /**
   * The member of a description.
   *
   * @throws IllegalArgumentException when it is none
   */
  public T of(Object description) {
    if (description instanceof String name) {
      return of(name);
    }
    if (description instanceof Map<?, ?> map && map.get(NAME) instanceof String name) {
      Map<String, Object> settings = new LinkedHashMap<>();
      map.forEach((key, value) -> settings.put(String.valueOf(key), value));
      return make(name, settings);
    }
    throw new IllegalArgumentException("no description of " + article() + ": " + description);
  }

  private T make(String name, Map<String, Object> settings) {
    Function<Settings, ? extends T> maker = makers.get(name);
    if (maker == null) {
      Set<String> known = names();
      throw new IllegalArgumentException(
          "no " + family + " '" + name + "'" + Suggestions.nearest(name, known));
    }
    return maker.apply(new Settings(family + " '" + name + "'", settings));
  }

  /** The name of a member's kind, or null when it has none. */
  public String name(T member) {
    String name = names.get(member);
    return name != null ? name : names.get(member.getClass());
  }

  /**
   * The description of a member.
   *
   * @throws IllegalArgumentException when it is of no registered kind
   */
  public Object describe(T member) {
    String name = name(member);
    if (name == null) {
      throw new IllegalArgumentException(
          article()
              + " of one's own cannot be written to a file: register it under a name first, or"
              + " save the weights alone (given "
              + member.getClass().getName()
              + ")");
    }
    boolean constant = names.containsKey(member);
    if (constant || !(member instanceof Configured configured) || configured.settings().isEmpty()) {
      return name;
    }
    Map<String, Object> description = new LinkedHashMap<>();
    description.put(NAME, name);
    description.putAll(configured.settings());
    return description;
  }

  private String article() {
    return ("aeiou".indexOf(family.charAt(0)) >= 0 ? "an " : "a ") + family;
  }
}
