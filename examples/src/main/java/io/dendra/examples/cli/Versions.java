package io.dendra.examples.cli;

/** The versions of what runs. */
public final class Versions {
  private Versions() {}

  /** That of Dendra, from the jar. */
  public static String dendra() {
    String version = Versions.class.getPackage().getImplementationVersion();
    return version == null ? "development build" : version;
  }

  /** That of Java, with who built it. */
  public static String java() {
    return Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
  }

  /** The operating system, its version and the kind of processor. */
  public static String system() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " "
        + System.getProperty("os.arch");
  }
}
