package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the dynamic linker sees of a shared library for x86-64: the names it exports and imports,
 * and the libraries it asks for (System V ABI, chapters 4 and 5).
 *
 * <p>Nothing in the file is trusted: every offset is checked, and tables are held to a size that no
 * real library reaches. Read by segments, as the linker does, so stripped files work as well.
 */
final class ElfFile {
  private static final int X86_64 = 62;
  private static final int SHARED_LIBRARY = 3;
  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final int MOST_SEGMENTS = 256;
  private static final int MOST_BYTES = 64 << 20;
  private static final int SYMBOL_BYTES = 24;

  // Tags of the dynamic segment.
  private static final long NEEDED = 1;
  private static final long HASH = 4;
  private static final long STRINGS = 5;
  private static final long SYMBOLS = 6;
  private static final long STRINGS_SIZE = 10;
  private static final long RPATH = 15;
  private static final long RUNPATH = 29;
  private static final long GNU_HASH = 0x6ffffef5L;
  private static final long VERSIONS_NEEDED = 0x6ffffffeL;
  private static final long VERSIONS_NEEDED_COUNT = 0x6fffffffL;

  private record Segment(int type, long offset, long address, long fileSize) {}

  private final ElfBytes bytes;
  private final List<Segment> segments = new ArrayList<>();
  private final Map<Long, Long> dynamic = new HashMap<>();
  private final List<Integer> needed = new ArrayList<>();
  private final ByteBuffer strings;

  private ElfFile(ElfBytes bytes) throws IOException {
    this.bytes = bytes;
    readSegments();
    readDynamic();
    strings = bytes.read(stringsOffset(), size(tag(STRINGS_SIZE)));
  }

  static ElfFile of(byte[] content) throws IOException {
    return new ElfFile(ElfBytes.of(content));
  }

  /** What a reader of a file computes from it. */
  interface Reading<T> {
    T from(ElfFile file) throws IOException;
  }

  /**
   * Reads of a file.
   *
   * @throws IOException when it cannot be read, is cut short, or is no library for this processor
   */
  static <T> T read(Path path, Reading<T> reading) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      return reading.from(new ElfFile(ElfBytes.of(channel)));
    }
  }

  /** The functions and variables that it offers. */
  Set<String> exports() throws IOException {
    return symbols(true);
  }

  /** Those that it expects of others. */
  Set<String> imports() throws IOException {
    return symbols(false);
  }

  /** The names of the libraries that the linker loads with it. */
  List<String> needed() throws IOException {
    List<String> names = new ArrayList<>();
    for (int offset : needed) {
      names.add(string(offset));
    }
    return names;
  }

  /** Whether it looks for other libraries in its own folder. */
  boolean searchesItsFolder() throws IOException {
    for (long tag : new long[] {RPATH, RUNPATH}) {
      if (dynamic.containsKey(tag) && string(dynamic.get(tag)).contains("$ORIGIN")) {
        return true;
      }
    }
    return false;
  }

  /** Where in the file the strings lie that {@link #needed} and the versions point into. */
  long stringsOffset() throws IOException {
    return offset(tag(STRINGS));
  }

  /** The offsets of the names of {@link #needed} among the strings. */
  List<Integer> neededOffsets() {
    return List.copyOf(needed);
  }

  /**
   * Where the versions that it wants of other libraries lie in the file; -1 when there are none.
   */
  long versionsOffset() throws IOException {
    return dynamic.containsKey(VERSIONS_NEEDED) ? offset(tag(VERSIONS_NEEDED)) : -1;
  }

  /** Of how many libraries it wants versions. */
  int versionsCount() throws IOException {
    return size(dynamic.getOrDefault(VERSIONS_NEEDED_COUNT, 0L));
  }

  /** A string of the file's table. */
  String string(long offset) throws IOException {
    if (offset < 0 || offset >= strings.limit()) {
      throw new IOException("a name lies outside the table of names");
    }
    int end = (int) offset;
    while (end < strings.limit() && strings.get(end) != 0) {
      end++;
    }
    byte[] name = new byte[end - (int) offset];
    strings.get((int) offset, name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private void readSegments() throws IOException {
    ByteBuffer header = bytes.read(0, 64);
    boolean elf = header.getInt(0) == 0x464c457f && header.get(4) == 2 && header.get(5) == 1;
    if (!elf || header.getShort(16) != SHARED_LIBRARY || header.getShort(18) != X86_64) {
      throw new IOException("it is no shared library for Linux on x86-64");
    }
    int count = header.getShort(56) & 0xffff;
    if (header.getShort(54) != 56 || count > MOST_SEGMENTS) {
      throw new IOException("its table of segments is damaged");
    }
    ByteBuffer table = bytes.read(header.getLong(32), 56 * count);
    for (int at = 0; at < 56 * count; at += 56) {
      Segment segment =
          new Segment(
              table.getInt(at),
              table.getLong(at + 8),
              table.getLong(at + 16),
              table.getLong(at + 32));
      // The linker maps segments without this check, and the process dies when it reads past the
      // end.
      if (segment.type() == LOAD
          && (segment.offset() < 0
              || segment.fileSize() < 0
              || segment.offset() > bytes.size() - segment.fileSize())) {
        throw new IOException("it is cut short: " + bytes.size() + " bytes are there");
      }
      segments.add(segment);
    }
  }

  private void readDynamic() throws IOException {
    for (Segment segment : segments) {
      if (segment.type() == DYNAMIC) {
        ByteBuffer entries = bytes.read(segment.offset(), size(segment.fileSize()));
        while (entries.remaining() >= 16) {
          long tag = entries.getLong();
          long value = entries.getLong();
          if (tag == 0) {
            break;
          } else if (tag == NEEDED) {
            needed.add(size(value));
          } else {
            dynamic.put(tag, value);
          }
        }
      }
    }
  }

  private Set<String> symbols(boolean defined) throws IOException {
    int count = symbolCount();
    ByteBuffer table = bytes.read(offset(tag(SYMBOLS)), size((long) count * SYMBOL_BYTES));
    Set<String> names = new HashSet<>();
    for (int i = 1; i < count; i++) {
      int at = i * SYMBOL_BYTES;
      boolean isLocal = (table.get(at + 4) >> 4) == 0;
      if (!isLocal && (table.getShort(at + 6) != 0) == defined) {
        names.add(string(Integer.toUnsignedLong(table.getInt(at))));
      }
    }
    return names;
  }

  private int symbolCount() throws IOException {
    if (dynamic.containsKey(HASH)) {
      return size(Integer.toUnsignedLong(bytes.read(offset(tag(HASH)) + 4, 4).getInt()));
    }
    return lastHashed() + 1;
  }

  /** The GNU hash table tells no count: it is where the chain of the last bucket ends. */
  private int lastHashed() throws IOException {
    long start = offset(tag(GNU_HASH));
    ByteBuffer header = bytes.read(start, 16);
    int buckets = size(Integer.toUnsignedLong(header.getInt(0)));
    int firstHashed = size(Integer.toUnsignedLong(header.getInt(4)));
    long bucketsAt = start + 16 + 8L * Integer.toUnsignedLong(header.getInt(8));
    ByteBuffer heads = bytes.read(bucketsAt, size(4L * buckets));
    int last = 0;
    for (int i = 0; i < buckets; i++) {
      last = Math.max(last, heads.getInt(4 * i));
    }
    if (last < firstHashed) {
      return firstHashed - 1;
    }
    long chainAt = bucketsAt + 4L * buckets;
    while ((bytes.read(chainAt + 4L * (last - firstHashed), 4).getInt() & 1) == 0) {
      last++;
    }
    return last;
  }

  private long tag(long tag) throws IOException {
    Long value = dynamic.get(tag);
    if (value == null) {
      throw new IOException("it has no dynamic entry 0x" + Long.toHexString(tag));
    }
    return value;
  }

  private long offset(long address) throws IOException {
    for (Segment segment : segments) {
      if (segment.type() == LOAD
          && address >= segment.address()
          && address - segment.address() < segment.fileSize()) {
        return address - segment.address() + segment.offset();
      }
    }
    throw new IOException("address 0x" + Long.toHexString(address) + " lies in no segment");
  }

  private static int size(long value) throws IOException {
    if (value < 0 || value > MOST_BYTES) {
      throw new IOException("a table of " + value + " bytes is too large");
    }
    return (int) value;
  }
}
