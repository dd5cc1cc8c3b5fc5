package io.dendra.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dendra.config.Config;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  @TempDir Path folder;

  /** Images of 1 x 2 pixels. */
  private static byte[] images(int count) {
    return ByteBuffer.allocate(16 + 2 * count)
        .put(new byte[] {0, 0, 8, 3})
        .putInt(count)
        .putInt(1)
        .putInt(2)
        .put(16, (byte) 255)
        .array();
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  private void writeAll() throws IOException {
    write("train-images-idx3-ubyte.gz", IdxTest.gzip(images(3)));
    write("train-labels.idx1-ubyte", IdxTest.idx(8, 3, (byte) 9, (byte) 0, (byte) 4));
    write("t10k-images-idx3-ubyte", images(1));
    write("t10k-labels.idx1-ubyte.gz", IdxTest.gzip(IdxTest.idx(8, 1, (byte) 7)));
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> Mnist.load(folder))
        .isInstanceOf(DataException.class)
        .isNotInstanceOf(DataUnavailableException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void readsFilesUnderAllTheirNames() throws IOException {
    writeAll();
    ImageClassification mnist = Mnist.load(folder);
    Batch train = mnist.train().all();
    assertThat(train.input().shape().dims()).containsExactly(3, 1, 2);
    assertThat(train.input().floats()).containsExactly(1, 0, 0, 0, 0, 0);
    assertThat(train.target().ints()).containsExactly(9, 0, 4);
    assertThat(mnist.test().all().target().ints()).containsExactly(7);
    assertThat(mnist.classNames()).hasSize(10).startsWith("0", "1");
  }

  @Test
  void looksBelowDendraHomeFirst() throws IOException {
    Path home = folder;
    folder = Files.createDirectories(home.resolve("datasets").resolve("mnist"));
    writeAll();
    Config.set("dendra.home", home.toString());
    try {
      assertThat(Mnist.load().test().all().target().ints()).containsExactly(7);
    } finally {
      Config.set("dendra.home", null);
    }
  }

  @Test
  void refusesLabelsOutOfRange() throws IOException {
    writeAll();
    write("train-labels.idx1-ubyte", IdxTest.idx(8, 3, (byte) 9, (byte) 10, (byte) 4));
    assertRefused("train-labels.idx1-ubyte", "label 10 for sample 1", "classes 0 to 9");
  }

  @Test
  void refusesDifferentCounts() throws IOException {
    writeAll();
    write("t10k-images-idx3-ubyte", images(2));
    assertRefused("t10k-images-idx3-ubyte", "2 images", "1 labels");
  }

  @Test
  void refusesLabelsInPlaceOfImages() throws IOException {
    writeAll();
    write("t10k-images-idx3-ubyte", IdxTest.idx(8, 1, (byte) 7));
    assertRefused("t10k-images-idx3-ubyte", "shape [1]", "[count, height, width]");
  }

  @Test
  void saysWhichFileAFolderLacks() throws IOException {
    writeAll();
    Files.delete(folder.resolve("t10k-labels.idx1-ubyte.gz"));
    assertRefused(folder.toString(), "no file t10k-labels-idx1-ubyte.gz", "MNIST");
    assertThatThrownBy(() -> Mnist.load(folder.resolve("absent")))
        .hasMessageContaining("does not exist");
  }

  @Test
  void readsTheRealMnist() {
    ImageClassification mnist = Mnist.load(SharedData.folder("mnist"));
    assertThat(mnist.train().size()).isEqualTo(OptionalLong.of(60_000));
    assertThat(mnist.test().size()).isEqualTo(OptionalLong.of(10_000));
    assertThat(mnist.train().take(10).all().target().ints())
        .containsExactly(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
    Batch test = mnist.test().take(5).all();
    assertThat(test.target().ints()).containsExactly(7, 2, 1, 0, 4);
    assertThat(test.input().shape().dims()).containsExactly(5, 28, 28);
    assertThat(test.input().floats()).contains(0f, 1f);
    for (float pixel : test.input().floats()) {
      assertThat(pixel).isBetween(0f, 1f);
    }
  }

  @Test
  void readsTheRealFashionMnist() {
    ImageClassification fashion = FashionMnist.load(SharedData.folder("fashion-mnist"));
    assertThat(fashion.train().size()).isEqualTo(OptionalLong.of(60_000));
    assertThat(fashion.test().size()).isEqualTo(OptionalLong.of(10_000));
    assertThat(fashion.train().take(6).all().target().ints()).containsExactly(9, 0, 0, 3, 0, 2);
    assertThat(fashion.test().take(5).all().target().ints()).containsExactly(9, 2, 1, 1, 6);
    assertThat(fashion.classNames().get(9)).isEqualTo("Ankle boot");
  }
}
