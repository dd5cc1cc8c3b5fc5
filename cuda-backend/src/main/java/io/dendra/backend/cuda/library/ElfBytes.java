package io.dendra.backend.cuda.library;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** The bytes of an ELF file, read in pieces, each checked against the file's end. */
interface ElfBytes {
  /** A piece, little-endian. */
  ByteBuffer read(long offset, int length) throws IOException;

  long size() throws IOException;

  static ElfBytes of(byte[] content) {
    return new ElfBytes() {
      @Override
      public ByteBuffer read(long offset, int length) throws IOException {
        require(offset, length, content.length);
        return ByteBuffer.wrap(content, (int) offset, length)
            .slice()
            .order(ByteOrder.LITTLE_ENDIAN);
      }

      @Override
      public long size() {
        return content.length;
      }
    };
  }

  static ElfBytes of(FileChannel channel) {
    return new ElfBytes() {
      @Override
      public ByteBuffer read(long offset, int length) throws IOException {
        require(offset, length, size());
        ByteBuffer piece = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (piece.hasRemaining()) {
          if (channel.read(piece, offset + piece.position()) < 0) {
            throw new EOFException("the file became shorter while it was read");
          }
        }
        return piece.flip();
      }

      @Override
      public long size() throws IOException {
        return channel.size();
      }
    };
  }

  private static void require(long offset, int length, long size) throws EOFException {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new EOFException(
          "the file ends at " + size + ", it should go on to " + (offset + length));
    }
  }
}
