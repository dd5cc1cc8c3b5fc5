package io.dendra.backend.cuda.library;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * JCuda's own native libraries.
 *
 * <p>JCuda unpacks them into the temporary folder itself, which fails when several processes start
 * at once, and looks for jcudnn's under jcuda's version, where its jar has another. So they are put
 * into a private folder first, under the names that JCuda asks for, and that folder is the
 * temporary one while JCuda initialises.
 */
final class JCudaNatives {
  private static final String JCUDA = "12.6.0";
  private static final String JCUDNN = "11.7.0";
  private static final String TEMPORARY = "java.io.tmpdir";

  /**
   * A native library of JCuda's, the library it was linked against, and the class that loads it.
   */
  private record Native(
      String name, String version, CudaLibrary target, int targetMajor, String loadedBy) {
    String resource() {
      return "lib/lib" + name + "-" + version + "-linux-x86_64.so";
    }

    String fileName() {
      return "lib" + name + "-" + JCUDA + "-linux-x86_64.so";
    }

    byte[] linkedTo(LibrarySet set, byte[] library) throws IOException {
      String stem = target.stem() + ".so.";
      int major = set.files().get(target).major();
      return new LinkTarget(stem + targetMajor, stem + major).applyTo(library);
    }
  }

  private static final List<Native> NATIVES =
      List.of(
          new Native("JCudaDriver", JCUDA, CudaLibrary.DRIVER, 1, "jcuda.driver.JCudaDriver"),
          new Native("JNvrtc", JCUDA, CudaLibrary.NVRTC, 12, "jcuda.nvrtc.JNvrtc"),
          new Native("JCublas2", JCUDA, CudaLibrary.CUBLAS, 12, "jcuda.jcublas.JCublas2"),
          new Native("JCudnn", JCUDNN, CudaLibrary.CUDNN, 8, "jcuda.jcudnn.JCudnn"));

  private JCudaNatives() {}

  static void load(LibrarySet set) throws LibraryException {
    Path folder;
    try {
      folder = unpack(set);
    } catch (IOException e) {
      throw new LibraryException("JCuda's native libraries cannot be unpacked: " + e, e);
    }
    try {
      initialise(folder);
    } catch (ClassNotFoundException e) {
      throw new LibraryException("JCuda is not on the class path: no class " + e.getMessage(), e);
    } catch (LinkageError e) {
      throw new LibraryException("JCuda does not start: " + firstCause(e), e);
    }
  }

  private static Path unpack(LibrarySet set) throws IOException {
    PrivateFolder folder = PrivateFolder.open("jcuda-" + JCUDA + "-" + set.versions());
    for (Native library : NATIVES) {
      try (InputStream in = loader().getResourceAsStream(library.resource())) {
        if (in == null) {
          throw new FileNotFoundException(library.resource() + " is not on the class path");
        }
        folder.keep(library.fileName(), library.linkedTo(set, in.readAllBytes()));
      }
    }
    return folder.path();
  }

  private static void initialise(Path folder) throws ClassNotFoundException {
    settleTemporaryFiles();
    String before = System.getProperty(TEMPORARY);
    System.setProperty(TEMPORARY, folder.toString());
    try {
      for (Native library : NATIVES) {
        Class.forName(library.loadedBy(), true, loader());
      }
    } finally {
      System.setProperty(TEMPORARY, before);
    }
  }

  /** The JDK reads the property when it makes its first temporary file, which may not be now. */
  private static void settleTemporaryFiles() {
    try {
      Files.delete(File.createTempFile("dendra", null).toPath());
      Files.delete(Files.createTempFile("dendra", null));
    } catch (IOException e) {
      // It was read all the same, and no file is needed.
      return;
    }
  }

  /** JCuda's message holds two stack traces; the line that the linker wrote is in them. */
  private static String firstCause(LinkageError error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    Optional<String> linker =
        message
            .lines()
            .filter(line -> line.startsWith("java.lang.UnsatisfiedLinkError: /"))
            .findFirst();
    return linker
        .map(line -> line.substring(line.indexOf('/')))
        .orElseGet(() -> message.lines().findFirst().orElse(""));
  }

  private static ClassLoader loader() {
    return JCudaNatives.class.getClassLoader();
  }
}
