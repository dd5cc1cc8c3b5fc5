package io.dendra.data;

import io.dendra.tensor.NDArray;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The four files of MNIST and of the sets published in its form.
 *
 * @param mirrors addresses of folders, the next for when one does not answer
 */
record MnistFiles(String name, List<String> classNames, List<String> mirrors, Checksums checksums) {
  private static final Logger LOG = LoggerFactory.getLogger(MnistFiles.class);

  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  /** Larger than any of the files by far: what is longer is something else. */
  private static final long MOST_BYTES = 100L << 20;

  /** SHA-256 of the gzip files as published. */
  record Checksums(String trainImages, String trainLabels, String testImages, String testLabels) {}

  /** Reads the files of a folder. */
  ImageClassification load(Path directory) {
    return new ImageClassification(
        name,
        read(find(directory, TRAIN_IMAGES), find(directory, TRAIN_LABELS)),
        read(find(directory, TEST_IMAGES), find(directory, TEST_LABELS)),
        classNames);
  }

  /** Reads the files of the cache folder and downloads those it lacks. */
  ImageClassification load(Path cache, DownloadProgress progress) {
    // Labels first: where there is no network, a small file shows it as well.
    fetch(cache, TRAIN_LABELS, checksums.trainLabels, progress);
    fetch(cache, TEST_LABELS, checksums.testLabels, progress);
    fetch(cache, TEST_IMAGES, checksums.testImages, progress);
    fetch(cache, TRAIN_IMAGES, checksums.trainImages, progress);
    return load(cache);
  }

  private void fetch(Path cache, String file, String sha256, DownloadProgress progress) {
    if (existing(cache, file) != null) {
      return;
    }
    String packed = file + ".gz";
    List<String> failures = new ArrayList<>();
    DataException last = null;
    for (String mirror : mirrors) {
      Download download = new Download(URI.create(mirror + packed), sha256, MOST_BYTES);
      try {
        LOG.debug("downloading {}", download.address());
        download.to(cache.resolve(packed), progress);
        return;
      } catch (DataException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        failures.add(e.getMessage());
        last = e;
      }
    }
    throw new DataUnavailableException(
        name
            + " is not in "
            + cache
            + " and cannot be downloaded: "
            + String.join("; ", failures)
            + ". Put "
            + String.join(
                ".gz, ", List.of(TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS + ".gz"))
            + " there by hand",
        last);
  }

  private Path find(Path directory, String file) {
    Path found = existing(directory, file);
    if (found == null) {
      throw new DataException(
          "folder "
              + directory
              + (Files.isDirectory(directory)
                  ? " has no file "
                  : " does not exist; expected in it ")
              + file
              + ".gz (or "
              + file
              + "), which "
              + name
              + " needs");
    }
    return found;
  }

  /**
   * The file packed or not, with the dot that unpacking tools write for the first dash, or null.
   */
  private static Path existing(Path directory, String file) {
    for (String form : List.of(file, file.replace("-idx", ".idx"))) {
      for (String ending : List.of(".gz", "")) {
        Path path = directory.resolve(form + ending);
        if (Files.isRegularFile(path)) {
          return path;
        }
      }
    }
    return null;
  }

  private Dataset read(Path imageFile, Path labelFile) {
    NDArray labels = Idx.read(labelFile);
    NDArray images = Idx.readScaled(imageFile, 1 / 255.0);
    expectRank(imageFile, images, 3, "images as [count, height, width]");
    expectRank(labelFile, labels, 1, "labels as [count]");
    if (images.shape().dim(0) != labels.shape().dim(0)) {
      throw new DataException(
          imageFile
              + " holds "
              + images.shape().dim(0)
              + " images, but "
              + labelFile
              + " holds "
              + labels.shape().dim(0)
              + " labels: they do not belong together");
    }
    int[] classes = labels.ints();
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0 || classes[i] >= classNames.size()) {
        throw new DataException(
            labelFile
                + " has label "
                + classes[i]
                + " for sample "
                + i
                + "; "
                + name
                + " has classes 0 to "
                + (classNames.size() - 1));
      }
    }
    return Dataset.of(images, labels);
  }

  private static void expectRank(Path file, NDArray array, int rank, String what) {
    if (array.shape().rank() != rank) {
      throw new DataException(
          file + " holds an array of shape " + array.shape() + ", expected " + what);
    }
  }
}
