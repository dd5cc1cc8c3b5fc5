package io.dendra.sweep;

import java.time.Duration;

/**
 * What a call of {@link Study#optimize} did.
 *
 * @param complete trials that ended with a value
 * @param pruned trials that ended early
 * @param failed trials that failed for good
 * @param elapsed how long it took
 */
public record SweepSummary(int complete, int pruned, int failed, Duration elapsed) {}
