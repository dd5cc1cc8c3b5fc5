package io.dendra.sweep.samplers;

import io.dendra.random.RandomStream;
import io.dendra.sweep.StudySnapshot;
import java.util.function.BiConsumer;

/**
 * What a sampler draws by.
 *
 * @param study as it was when the trial began, without the trial
 * @param number of the trial
 * @param random made of the seed, the trial's number and, for a parameter drawn alone, its name
 * @param attributes takes system attributes of the trial: a key, and a value of JSON
 */
public record SamplingContext(
    StudySnapshot study, int number, RandomStream random, BiConsumer<String, Object> attributes) {}
