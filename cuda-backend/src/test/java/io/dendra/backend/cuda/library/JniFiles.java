package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.io.InputStream;

/** JCuda's native libraries as they lie in its jars. */
final class JniFiles {
  static final String DRIVER = "lib/libJCudaDriver-12.6.0-linux-x86_64.so";
  static final String NVRTC = "lib/libJNvrtc-12.6.0-linux-x86_64.so";
  static final String CUBLAS = "lib/libJCublas2-12.6.0-linux-x86_64.so";
  static final String CUDNN = "lib/libJCudnn-11.7.0-linux-x86_64.so";

  private JniFiles() {}

  static byte[] read(String resource) throws IOException {
    try (InputStream in = JniFiles.class.getClassLoader().getResourceAsStream(resource)) {
      return in.readAllBytes();
    }
  }
}
