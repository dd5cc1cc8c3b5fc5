package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NVIDIA's own NVRTC, where the machine has one; it compiles without a driver.
 *
 * @param files NVRTC's library, after the one with its built-in functions
 * @param major of the version
 */
public record FoundNvrtc(List<Path> files, int major) {
  /** A folder to look in first. */
  private static final String FOLDER = "dendra.test.nvrtc";

  /** Of the system or of a Python package. */
  public static Optional<FoundNvrtc> find() throws IOException {
    Machine machine = Machine.current();
    List<LibraryFolder> folders = new ArrayList<>();
    for (String folder : Machine.split(System.getProperty(FOLDER, ""))) {
      folders.add(new LibraryFolder(Path.of(folder), FOLDER));
    }
    folders.addAll(new SystemFolders(machine).folders());
    folders.addAll(new PipFolders(machine).folders());
    for (LibraryFolder folder : folders) {
      List<LibraryFile> here = LibraryFile.in(folder);
      for (LibraryFile nvrtc : here) {
        if (nvrtc.library() == CudaLibrary.NVRTC && nvrtc.major() >= 12) {
          return Optional.of(new FoundNvrtc(withBuiltins(nvrtc, here), nvrtc.major()));
        }
      }
    }
    return Optional.empty();
  }

  private static List<Path> withBuiltins(LibraryFile nvrtc, List<LibraryFile> here) {
    List<Path> files = new ArrayList<>();
    for (LibraryFile file : here) {
      if (file.library() == CudaLibrary.NVRTC_BUILTINS && file.major() == nvrtc.major()) {
        files.add(file.path());
      }
    }
    files.add(nvrtc.path());
    return files;
  }

  /** Puts JCuda's library for it into a folder, which is then the temporary one of a process. */
  public void prepare(Path folder) throws IOException {
    byte[] library =
        new LinkTarget("libnvrtc.so.12", "libnvrtc.so." + major)
            .applyTo(JniFiles.read(JniFiles.NVRTC));
    Files.write(folder.resolve(Path.of(JniFiles.NVRTC).getFileName()), library);
  }
}
