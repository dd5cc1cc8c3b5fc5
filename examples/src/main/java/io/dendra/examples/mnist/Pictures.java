package io.dendra.examples.mnist;

import io.dendra.data.DownloadProgress;
import io.dendra.data.FashionMnist;
import io.dendra.data.ImageAugmentation;
import io.dendra.data.ImageClassification;
import io.dendra.data.Mnist;
import io.dendra.examples.cli.Choice;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The data sets that the command knows; both have 28 x 28 grey pictures of ten classes. */
public enum Pictures {
  MNIST("mnist", "MNIST") {
    @Override
    ImageClassification load(Path folder) {
      return Mnist.load(folder);
    }

    @Override
    ImageClassification load(DownloadProgress progress) {
      return Mnist.load(progress);
    }

    @Override
    public List<String> classNames() {
      return IntStream.range(0, 10).mapToObj(Integer::toString).toList();
    }

    /** No flips: a mirrored digit is another sign. */
    @Override
    ImageAugmentation augmentation() {
      return ImageAugmentation.none().shift(0.08).rotation(10).zoom(0.1);
    }
  },
  FASHION_MNIST("fashion-mnist", "Fashion-MNIST") {
    @Override
    ImageClassification load(Path folder) {
      return FashionMnist.load(folder);
    }

    @Override
    ImageClassification load(DownloadProgress progress) {
      return FashionMnist.load(progress);
    }

    @Override
    public List<String> classNames() {
      return List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");
    }

    @Override
    ImageAugmentation augmentation() {
      return ImageAugmentation.none().shift(0.05).flip();
    }
  };

  private final String option;
  private final String title;

  Pictures(String option, String title) {
    this.option = option;
    this.title = title;
  }

  abstract ImageClassification load(Path folder);

  abstract ImageClassification load(DownloadProgress progress);

  /** What the classes are called, by their number. */
  public abstract List<String> classNames();

  /** Random changes that leave the meaning of these pictures. */
  abstract ImageAugmentation augmentation();

  /** The name as it is written in text. */
  String title() {
    return title;
  }

  /** Reads the name on the command line. */
  public static final class ByName extends Choice<Pictures> {
    ByName() {
      super("data set", values());
    }
  }

  /** The name on the command line. */
  @Override
  public String toString() {
    return option;
  }
}
