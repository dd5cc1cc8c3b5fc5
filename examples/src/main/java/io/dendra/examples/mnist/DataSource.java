package io.dendra.examples.mnist;

import io.dendra.data.DataUnavailableException;
import io.dendra.data.Dataset;
import io.dendra.data.HandwrittenDigits;
import io.dendra.data.ImageClassification;
import io.dendra.examples.cli.Terminal;
import io.dendra.random.RandomKey;
import java.nio.file.Path;

/**
 * Finds the pictures: in the folder that was named, in the cache, by download, and when there is
 * none at all for digits, by drawing them.
 */
public final class DataSource {
  private static final int TRAIN = 60_000;
  private static final int TEST = 10_000;

  /** The drawings are data, not part of a training: they do not depend on its seed. */
  private static final RandomKey DRAWINGS = RandomKey.of(20_26).fold("drawings");

  private final Pictures pictures;
  private final Path folder;
  private final Integer limit;
  private final Terminal terminal;
  private final boolean verbose;

  /**
   * A source of pictures.
   *
   * @param folder with the four idx files, or null for the cache
   * @param limit on the number of pictures of each part, or null
   */
  public DataSource(
      Pictures pictures, Path folder, Integer limit, Terminal terminal, boolean verbose) {
    this.pictures = pictures;
    this.folder = folder;
    this.limit = limit;
    this.terminal = terminal;
    this.verbose = verbose;
  }

  /**
   * The pictures.
   *
   * @throws io.dendra.data.DataException when files are damaged, or clothes are not to be had
   */
  public PictureData load() {
    if (folder != null) {
      return new PictureData(limited(pictures.load(folder)), folder.toString(), false);
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
    return limit == null ? data : data.take(limit);
  }

  private int most(int count) {
    return limit == null ? count : Math.min(count, limit);
  }
}
