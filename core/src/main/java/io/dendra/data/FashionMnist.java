package io.dendra.data;

import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST: pictures of clothes in the format of {@link Mnist}, 60,000 to train on and 10,000
 * to test on (H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for
 * benchmarking machine learning algorithms", 2017).
 *
 * <p>Files are looked for as {@link Mnist} does, in {@code datasets/fashion-mnist}.
 */
public final class FashionMnist {
  private FashionMnist() {}

  /**
   * The pictures from the cache folder, downloaded when they are not there yet.
   *
   * @throws DataUnavailableException when they are not there and cannot be downloaded
   * @throws DataException when a file is damaged
   */
  public static ImageClassification load() {
    return load(DownloadProgress.SILENT);
  }

  /**
   * The pictures from the cache folder, with news of a download.
   *
   * @see #load()
   */
  public static ImageClassification load(DownloadProgress progress) {
    return files().load(DataHome.datasets().resolve("fashion-mnist"), progress);
  }

  /**
   * The pictures from a folder that holds the four files.
   *
   * @throws DataException when one is missing or damaged
   */
  public static ImageClassification load(Path directory) {
    return files().load(directory);
  }

  private static MnistFiles files() {
    return new MnistFiles(
        "Fashion-MNIST",
        List.of(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot"),
        List.of(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        new MnistFiles.Checksums(
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"));
  }
}
