package io.dendra.serialization;

import io.dendra.tensor.NDArray;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the zip archive of a model file. */
final class ModelArchive {
  /** The first day of zip's calendar: when a file was made is said in its provenance. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private ModelArchive() {}

  static void write(
      OutputStream out,
      byte[] json,
      Map<String, NDArray> weights,
      Map<String, NDArray> optimizerState)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.putNextEntry(entry(ModelFile.MODEL));
    zip.write(json);
    zip.closeEntry();
    store(zip, ModelFile.WEIGHTS, weights);
    if (!optimizerState.isEmpty()) {
      store(zip, ModelFile.OPTIMIZER, optimizerState);
    }
    zip.finish();
  }

  /** Uncompressed: weights hardly shrink, and so other tools can map them into memory. */
  private static void store(ZipOutputStream zip, String name, Map<String, NDArray> arrays)
      throws IOException {
    Checksum checksum = new Checksum();
    try (OutputStream counted = new BufferedOutputStream(checksum, 1 << 16)) {
      SafeTensors.write(counted, arrays, Map.of());
    }
    ZipEntry entry = entry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(checksum.length);
    entry.setCrc(checksum.crc.getValue());
    zip.putNextEntry(entry);
    SafeTensors.write(zip, arrays, Map.of());
    zip.closeEntry();
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    return entry;
  }

  /** Takes bytes for their number and checksum alone, which zip wants before them. */
  private static final class Checksum extends OutputStream {
    private final CRC32 crc = new CRC32();
    private long length;

    @Override
    public void write(int value) {
      crc.update(value);
      length++;
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      crc.update(bytes, from, count);
      length += count;
    }
  }
}
