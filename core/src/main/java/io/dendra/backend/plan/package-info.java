/**
 * Work that is recorded once and done again and again: the calls of a step are noted ({@code
 * Recorder}), improved ({@code DeadCalls}, {@code ElementwiseChains}), given memory ({@code
 * MemoryAssignment}) and replayed ({@link io.dendra.backend.plan.Plan}).
 */
package io.dendra.backend.plan;
