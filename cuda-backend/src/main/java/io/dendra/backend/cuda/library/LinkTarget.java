package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Turns a library that was linked against one major version of another so that it asks for the
 * next.
 *
 * <p>JCuda's natives ask for {@code libcublas.so.12} and, of every function, for the version that
 * bears the same name; CUDA 13 has the same functions in {@code libcublas.so.13} under the version
 * {@code libcublas.so.13}. Both names are one string of the same length, so only that string and
 * its hash change.
 *
 * @param from the name it was linked against
 * @param to the name that it shall ask for
 */
record LinkTarget(String from, String to) {
  /** A changed copy of a library; the same content when the names are equal. */
  byte[] applyTo(byte[] library) throws IOException {
    if (from.equals(to)) {
      return library;
    }
    if (from.length() != to.length()) {
      throw new IOException(from + " and " + to + " differ in length");
    }
    byte[] changed = library.clone();
    ElfFile file = ElfFile.of(library);
    int renamed = 0;
    for (int name : file.neededOffsets()) {
      renamed += rename(file, changed, name);
    }
    if (renamed == 0) {
      throw new IOException("it is not linked against " + from);
    }
    renameVersions(file, changed);
    return changed;
  }

  /** The records of System V's {@code .gnu.version_r}: a library, then its versions. */
  private void renameVersions(ElfFile file, byte[] changed) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    long at = file.versionsOffset();
    for (int i = 0; i < file.versionsCount(); i++) {
      int library = inside(at, 16, bytes);
      rename(file, changed, bytes.getInt(library + 4));
      long version = at + Integer.toUnsignedLong(bytes.getInt(library + 8));
      for (int v = 0; v < (bytes.getShort(library + 2) & 0xffff); v++) {
        int record = inside(version, 16, bytes);
        if (rename(file, changed, bytes.getInt(record + 8)) > 0) {
          bytes.putInt(record, hash(to));
        }
        version += Integer.toUnsignedLong(bytes.getInt(record + 12));
      }
      at += Integer.toUnsignedLong(bytes.getInt(library + 12));
    }
  }

  /** Overwrites a string that is the old name; 1 if it was. */
  private int rename(ElfFile file, byte[] changed, int offset) throws IOException {
    // The table of the file as it was: several records point at the one string.
    if (!file.string(offset).equals(from)) {
      return 0;
    }
    byte[] name = to.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, changed, Math.toIntExact(file.stringsOffset() + offset), name.length);
    return 1;
  }

  private static int inside(long offset, int length, ByteBuffer bytes) throws IOException {
    if (offset < 0 || offset > bytes.limit() - length) {
      throw new IOException("its table of versions is damaged");
    }
    return (int) offset;
  }

  /** The hash of System V's ABI, by which the linker compares versions first. */
  static int hash(String name) {
    int hash = 0;
    for (byte c : name.getBytes(StandardCharsets.US_ASCII)) {
      hash = (hash << 4) + (c & 0xff);
      int high = hash & 0xf0000000;
      hash = (hash ^ (high >>> 24)) & ~high;
    }
    return hash;
  }
}
