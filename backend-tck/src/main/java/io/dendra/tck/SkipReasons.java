package io.dendra.tck;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs why a test was skipped, which Surefire counts but does not tell.
 *
 * <p>JUnit finds it by its service file wherever the kit is on the class path.
 */
public final class SkipReasons implements TestExecutionListener {
  private static final Logger LOG = LoggerFactory.getLogger(SkipReasons.class);

  /** For JUnit. */
  public SkipReasons() {}

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    log(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      log(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
    }
  }

  private static void log(TestIdentifier test, String reason) {
    LOG.warn("skipped {}: {}", test.getLegacyReportingName(), reason);
  }
}
