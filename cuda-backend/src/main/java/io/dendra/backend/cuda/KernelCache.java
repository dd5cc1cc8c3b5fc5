package io.dendra.backend.cuda;

import io.dendra.backend.cuda.library.PrivateFolder;
import io.dendra.serialization.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on disk, named by the hash of all that they depend on and checked by a hash of
 * their content.
 *
 * <p>It never fails: what cannot be read is compiled again, and a folder that cannot be written is
 * reported once.
 */
final class KernelCache {
  private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
  private static final int HASH_BYTES = 32;

  private final Path folder;
  private boolean writable = true;

  KernelCache(Path folder) {
    this.folder = folder;
  }

  /** The cache in the folder for code that CUDA loads, which its owner alone can write. */
  static KernelCache configured() {
    try {
      return new KernelCache(PrivateFolder.open("kernels").path());
    } catch (IOException e) {
      LOG.warn("Compiled kernels are not kept, every start compiles them again: {}", e.toString());
      return new KernelCache(null);
    }
  }

  /** The name of a kernel made from these texts. */
  static String name(String... parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The kernel of a name, or null when it is not there or damaged. */
  byte[] read(String name) {
    if (folder == null || !Files.exists(file(name))) {
      return null;
    }
    Path file = file(name);
    try {
      byte[] content = Files.readAllBytes(file);
      if (content.length > HASH_BYTES) {
        byte[] image = Arrays.copyOfRange(content, HASH_BYTES, content.length);
        if (MessageDigest.isEqual(sha256().digest(image), Arrays.copyOf(content, HASH_BYTES))) {
          return image;
        }
      }
      LOG.warn("The cached kernel {} is damaged and is compiled again", file);
    } catch (IOException e) {
      LOG.warn("The cached kernel {} cannot be read and is compiled again: {}", file, e.toString());
    }
    return null;
  }

  /** Keeps a kernel. */
  synchronized void write(String name, byte[] image) {
    if (folder == null || !writable) {
      return;
    }
    byte[] content = new byte[HASH_BYTES + image.length];
    System.arraycopy(sha256().digest(image), 0, content, 0, HASH_BYTES);
    System.arraycopy(image, 0, content, HASH_BYTES, image.length);
    try {
      Files.createDirectories(folder);
      AtomicFile.write(file(name), out -> out.write(content));
    } catch (IOException e) {
      writable = false;
      LOG.warn(
          "Compiled kernels cannot be kept in {}, every start compiles them again: {}",
          folder,
          e.toString());
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".bin");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
