package io.dendra.backend.cuda;

import io.dendra.cuda.emulator.Emulator;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts the emulator before tests that know nothing of it, or disables them with the reason why
 * there is none. Found by its service file where extensions are detected.
 */
public final class OnEmulatedCuda implements ExecutionCondition {
  /** For JUnit. */
  public OnEmulatedCuda() {}

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (!EmulatedCuda.isThere()) {
      return ConditionEvaluationResult.disabled(Emulator.unavailable().orElse(""));
    }
    EmulatedCuda.provider();
    return ConditionEvaluationResult.enabled("CUDA is there");
  }
}
