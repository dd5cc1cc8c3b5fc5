package io.dendra.examples.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What every command takes. */
@Command(mixinStandardHelpOptions = true, versionProvider = CommonOptions.Version.class)
public final class CommonOptions {
  @Option(names = "--quiet", description = "Print results and errors only.")
  private boolean quiet;

  @Option(names = "--verbose", description = "Print more, and the trace of an error.")
  private boolean verbose;

  public boolean quiet() {
    return quiet;
  }

  public boolean verbose() {
    return verbose;
  }

  /** For {@code --version} after a command. */
  static final class Version implements picocli.CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"dendra " + Versions.dendra()};
    }
  }
}
