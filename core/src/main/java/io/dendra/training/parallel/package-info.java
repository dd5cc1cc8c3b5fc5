/** Training on several devices at once: shards of a batch, replicas of a model, sums over them. */
package io.dendra.training.parallel;
