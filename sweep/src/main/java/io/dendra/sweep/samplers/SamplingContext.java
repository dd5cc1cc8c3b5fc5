package io.dendra.sweep.samplers;

import io.dendra.random.RandomKey;
import io.dendra.random.RandomStream;
import io.dendra.sweep.StudySnapshot;
import java.util.function.BiConsumer;

/**
 * What a sampler draws by.
 *
 * @param study as it was when the trial began, without the trial
 * @param number of the trial
 * @param place of the trial among those that were not enqueued, from 0: for samplers that go
 *     through points in order
 * @param key the same for all trials of a study: for what they have in common
 * @param random made of the seed, the trial's number and, for a parameter drawn alone, its name
 * @param attributes takes system attributes of the trial: a key, and a value of JSON. Of other
 *     trials, only attributes of finished ones may be read: those of running ones may come later
 *     than the snapshot.
 */
public record SamplingContext(
    StudySnapshot study,
    int number,
    int place,
    RandomKey key,
    RandomStream random,
    BiConsumer<String, Object> attributes) {}
