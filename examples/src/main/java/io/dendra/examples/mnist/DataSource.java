package io.dendra.examples.mnist;

import io.dendra.data.DataUnavailableException;
import io.dendra.data.Dataset;
import io.dendra.data.HandwrittenDigits;
import io.dendra.data.ImageClassification;
import io.dendra.examples.cli.Terminal;
import io.dendra.random.RandomKey;

/**
 * Finds the pictures: in the folder that was named, in the cache, by download, and when there is
 * none at all for digits, by drawing them.
 */
final class DataSource {
  private static final int TRAIN = 60_000;
  private static final int TEST = 10_000;

  /** The drawings are data, not part of a training: they do not depend on its seed. */
  private static final RandomKey DRAWINGS = RandomKey.of(20_26).fold("drawings");

  private final TrainingOptions options;
  private final Terminal terminal;
  private final boolean verbose;

  DataSource(TrainingOptions options, Terminal terminal, boolean verbose) {
    this.options = options;
    this.terminal = terminal;
    this.verbose = verbose;
  }

  /**
   * The pictures.
   *
   * @throws io.dendra.data.DataException when files are damaged, or clothes are not to be had
   */
  PictureData load() {
    Pictures pictures = options.pictures();
    if (options.data != null) {
      return new PictureData(limited(pictures.load(options.data)), options.data.toString(), false);
    }
    try {
      return new PictureData(
          limited(pictures.load(new DownloadBar(terminal))), "cache folder", false);
    } catch (DataUnavailableException e) {
      if (pictures != Pictures.MNIST) {
        throw e;
      }
      terminal.line(
          "note",
          "MNIST is not on this machine and cannot be downloaded: training on GENERATED"
              + " handwritten-looking digits instead (--data DIR names a folder with MNIST).");
      if (verbose) {
        terminal.line("", e.getMessage());
      }
      return new PictureData(generated(), "generated", true);
    }
  }

  private ImageClassification generated() {
    return HandwrittenDigits.load(most(TRAIN), most(TEST), DRAWINGS);
  }

  private ImageClassification limited(ImageClassification set) {
    return new ImageClassification(
        set.name(), limited(set.train()), limited(set.test()), set.classNames());
  }

  private Dataset limited(Dataset data) {
    return options.limit == null ? data : data.take(options.limit);
  }

  private int most(int count) {
    return options.limit == null ? count : Math.min(count, options.limit);
  }
}
