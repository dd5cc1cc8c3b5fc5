package io.dendra.examples.cli;

import io.dendra.text.Suggestions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One of an enum's constants by the name that its {@code toString} gives. */
public abstract class Choice<E extends Enum<E>> implements ITypeConverter<E> {
  private final String what;
  private final E[] constants;

  protected Choice(String what, E[] constants) {
    this.what = what;
    this.constants = constants.clone();
  }

  @Override
  public final E convert(String name) {
    List<String> known = Arrays.stream(constants).map(Enum::toString).toList();
    int place = known.indexOf(name.toLowerCase(Locale.ROOT));
    if (place >= 0) {
      return constants[place];
    }
    String near = Suggestions.nearest(name, known);
    throw new TypeConversionException(
        "no "
            + what
            + " '"
            + name
            + "'"
            + (near.isEmpty() ? "." : near)
            + " Known: "
            + String.join(", ", known));
  }
}
