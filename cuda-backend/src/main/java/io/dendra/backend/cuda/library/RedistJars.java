package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The libraries that {@code org.bytedeco:cuda} carries in jars with the classifier {@code
 * linux-x86_64-redist}, unpacked into a private folder when first used.
 */
record RedistJars(ClassLoader loader) implements LibrarySource {
  static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
  static final String SOURCE = "org.bytedeco:cuda";

  /** A jar of them holds one of these at least. */
  private static final List<String> SIGNS =
      List.of("libcublas.so.12", "libcublas.so.13", "libcudnn.so.8", "libcudnn.so.9");

  static RedistJars onClassPath() {
    return new RedistJars(RedistJars.class.getClassLoader());
  }

  @Override
  public List<LibraryFolder> folders() throws IOException {
    Set<Path> places = new LinkedHashSet<>();
    for (String sign : SIGNS) {
      for (URL url : Collections.list(loader.getResources(FOLDER + sign))) {
        places.add(placeOf(url));
      }
    }
    List<LibraryFolder> folders = new ArrayList<>();
    for (Path place : places) {
      Path folder = Files.isDirectory(place) ? place : RedistJar.unpack(place);
      folders.add(new LibraryFolder(folder, SOURCE));
    }
    return folders;
  }

  /** The jar of a resource, or its folder where it lies unpacked on the class path. */
  private static Path placeOf(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    try {
      if (connection instanceof JarURLConnection inJar) {
        return Path.of(inJar.getJarFileURL().toURI());
      }
      if (url.getProtocol().equals("file")) {
        return Path.of(url.toURI()).getParent();
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException(url + " lies in no file of this machine", e);
    }
    throw new IOException(url + " lies in no file of this machine");
  }
}
