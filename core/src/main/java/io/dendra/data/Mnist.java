package io.dendra.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The MNIST handwritten digits: 60,000 images to train on and 10,000 to test on, 28 x 28 grey (Y.
 * LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", 1998).
 *
 * <p>Files are looked for in {@code datasets/mnist} below the folder of the setting {@code
 * dendra.home} (environment variable {@code DENDRA_HOME}, default {@code ~/.dendra}), under their
 * original names, packed or unpacked; else they are downloaded there and their checksums compared.
 *
 * <pre>{@code
 * ImageClassification mnist = Mnist.load();
 * mnist.train();  // images [60000, 28, 28] from 0 to 1, labels [60000]
 * }</pre>
 */
public final class Mnist {
  private Mnist() {}

  /**
   * The digits from the cache folder, downloaded when they are not there yet.
   *
   * @throws DataUnavailableException when they are not there and cannot be downloaded
   * @throws DataException when a file is damaged
   */
  public static ImageClassification load() {
    return load(DownloadProgress.SILENT);
  }

  /**
   * The digits from the cache folder, with news of a download.
   *
   * @see #load()
   */
  public static ImageClassification load(DownloadProgress progress) {
    return files().load(DataHome.datasets().resolve("mnist"), progress);
  }

  /**
   * The digits from a folder that holds the four files.
   *
   * @throws DataException when one is missing or damaged
   */
  public static ImageClassification load(Path directory) {
    return files().load(directory);
  }

  private static MnistFiles files() {
    return new MnistFiles(
        "MNIST",
        IntStream.range(0, 10).mapToObj(Integer::toString).toList(),
        List.of(
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new MnistFiles.Checksums(
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));
  }
}
