package io.dendra.backend.cuda.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RequiredFunctionsTest {
  private static final Path CALLERS = Path.of("src/main/java/io/dendra/backend/cuda/jcuda");
  private static final Pattern CALL = Pattern.compile("\\.((?:cu|cublas|cudnn|nvrtc)[A-Z]\\w*)\\(");

  /** What JCuda calls by another name than its own. */
  private static final Map<String, String> RENAMED =
      Map.of("cuGraphInstantiate", "cuGraphInstantiateWithFlags");

  private static Set<String> required() {
    Set<String> names = new HashSet<>();
    for (CudaLibrary library : CudaLibrary.values()) {
      names.addAll(RequiredFunctions.of(library));
    }
    return names;
  }

  /** A function that may be absent has to be asked for, in the file that calls it. */
  @Test
  void everyFunctionThatIsCalledIsRequiredOrAskedFor() throws IOException {
    Set<String> required = required();
    Set<String> unknown = new TreeSet<>();
    try (Stream<Path> files = Files.list(CALLERS)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        Matcher call = CALL.matcher(text);
        while (call.find()) {
          String name =
              RENAMED.getOrDefault(call.group(1), call.group(1).replaceFirst("_new$", ""));
          boolean known = required.contains(name) || required.contains(name + "_v2");
          if (!known && !text.contains('"' + name + '"')) {
            unknown.add(file.getFileName() + ": " + name);
          }
        }
      }
    }
    assertThat(unknown).as("missing in RequiredFunctions").isEmpty();
  }

  /** Else a name is misspelt, or nothing can call it. */
  @Test
  void jcudaKnowsThemAll() throws IOException {
    Set<String> imported = new HashSet<>();
    for (String library :
        List.of(JniFiles.DRIVER, JniFiles.CUBLAS, JniFiles.NVRTC, JniFiles.CUDNN)) {
      imported.addAll(ElfFile.of(JniFiles.read(library)).imports());
    }
    assertThat(imported).containsAll(required());
  }
}
