package io.dendra.backend.cuda.library;

import io.dendra.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders of the setting {@code dendra.cuda.libraries}, separated as in a class path. */
record ConfiguredFolders(String list) implements LibrarySource {
  static final String SETTING = "dendra.cuda.libraries";

  static ConfiguredFolders read() {
    return new ConfiguredFolders(Config.get(SETTING).orElse(""));
  }

  @Override
  public List<LibraryFolder> folders() throws IOException {
    List<LibraryFolder> folders = new ArrayList<>();
    for (String part : Machine.split(list)) {
      Path path = Path.of(part).toAbsolutePath();
      if (!Files.isDirectory(path)) {
        throw new IOException("the folder " + path + " of " + SETTING + " does not exist");
      }
      if (!Files.isReadable(path)) {
        throw new IOException("the folder " + path + " of " + SETTING + " cannot be read");
      }
      folders.add(new LibraryFolder(path, SETTING));
    }
    return folders;
  }

  @Override
  public boolean mustWork() {
    return true;
  }
}
