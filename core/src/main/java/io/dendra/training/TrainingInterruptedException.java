package io.dendra.training;

/** The thread that trains was interrupted; the model holds the weights of the last whole step. */
public final class TrainingInterruptedException extends RuntimeException {
  TrainingInterruptedException(int epoch, long batch, Throwable cause) {
    super(
        "training was interrupted in epoch "
            + (epoch + 1)
            + " after batch "
            + batch
            + "; the model holds the weights of the last whole step",
        cause);
  }
}
