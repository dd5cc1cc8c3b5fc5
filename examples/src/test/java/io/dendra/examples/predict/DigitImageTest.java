package io.dendra.examples.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dendra.data.HandwrittenDigits;
import io.dendra.examples.cli.Failure;
import io.dendra.random.RandomKey;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitImageTest {
  @TempDir Path folder;

  /** A tall bar of ink, drawn off the middle of a sheet. */
  private static BufferedImage bar(Color paper, Color ink) {
    BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(paper);
    graphics.fillRect(0, 0, 300, 200);
    graphics.setColor(ink);
    graphics.fillRect(20, 40, 20, 100);
    graphics.dispose();
    return image;
  }

  private float[] read(BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("digit." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return DigitImage.read(file);
  }

  @Test
  void fitsTheInkIntoTwentyPixelsAroundItsCentreOfMass() throws IOException {
    float[] pixels = read(bar(Color.WHITE, Color.BLACK), "png");
    Grey grey = new Grey(28, 28, pixels);
    Grey ink = grey.withoutFaint(0.5f).cropped();
    assertThat(ink.height()).isEqualTo(20);
    assertThat(ink.width()).isEqualTo(4);
    assertThat(grey.centreX()).isCloseTo(13.5, within(0.51));
    assertThat(grey.centreY()).isCloseTo(13.5, within(0.51));
    assertThat(pixels[0]).isZero();
    assertThat(grey.at(13, 13)).isEqualTo(1);
  }

  @Test
  void itDoesNotMatterWhichIsBrightThePaperOrTheInk() throws IOException {
    assertThat(read(bar(Color.BLACK, Color.WHITE), "png"))
        .containsExactly(read(bar(Color.WHITE, Color.BLACK), "png"));
  }

  @Test
  void aDullPhotographGivesNearlyTheSame() throws IOException {
    float[] sharp = read(bar(Color.WHITE, Color.BLACK), "png");
    float[] dull = read(bar(new Color(190, 185, 170), new Color(60, 60, 90)), "jpg");
    for (int i = 0; i < sharp.length; i++) {
      assertThat(dull[i]).isCloseTo(sharp[i], within(0.15f));
    }
  }

  @Test
  void aPictureThatHasTheFormOfMnistStaysAsItIs() throws IOException {
    float[] digit = new float[28 * 28];
    for (int y = 4; y < 24; y++) {
      for (int x = 12; x < 16; x++) {
        digit[y * 28 + x] = (y + x) % 3 == 0 ? 1 : 100 / 255f;
      }
    }
    float[] pixels = read(TestImages.of(digit), "png");
    for (int i = 0; i < digit.length; i++) {
      assertThat(pixels[i]).isCloseTo(digit[i], within(1e-3f));
    }
  }

  @Test
  void anEnlargedDigitComesBackToItsPlace() throws IOException {
    float[] digit = HandwrittenDigits.generate(1, RandomKey.of(3)).input().floats();
    BufferedImage small = TestImages.of(digit);
    BufferedImage large = new BufferedImage(280, 280, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = large.createGraphics();
    graphics.drawImage(small, 0, 0, 280, 280, null);
    graphics.dispose();
    Grey grey = new Grey(28, 28, read(large, "png"));
    Grey ink = grey.withoutFaint(0.1f).cropped();
    assertThat(Math.max(ink.width(), ink.height())).isBetween(18, 20);
    assertThat(grey.centreX()).isCloseTo(13.5, within(1.0));
  }

  @Test
  void anEmptySheetIsAnError() throws IOException {
    assertThatThrownBy(() -> read(bar(Color.WHITE, Color.WHITE), "png"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no digit in it");
  }

  @Test
  void whatIsNoPictureIsAnError() throws IOException {
    Path file = folder.resolve("digit.png");
    Files.writeString(file, "not a picture", StandardCharsets.UTF_8);
    assertThatThrownBy(() -> DigitImage.read(file))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no picture that Java reads");
    assertThatThrownBy(() -> DigitImage.read(folder.resolve("none.png")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no such file");
  }
}
