package io.dendra.nn.losses;

import io.dendra.nn.activations.Activation;

/**
 * A loss that undoes an activation: taken from what that activation was given, it is more precise
 * and takes less time than from what it gave.
 *
 * <p>Training looks for it: a softmax at the end of a model, followed by the cross-entropy of
 * probabilities, is computed from the logits.
 */
public interface FromLogits extends Loss {
  /** The activation whose results it takes, {@code LINEAR} when it takes logits. */
  Activation activation();

  /** The same loss of what {@link #activation} was given; itself when it takes logits. */
  Loss onLogits();
}
