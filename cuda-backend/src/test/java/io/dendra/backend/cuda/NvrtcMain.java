package io.dendra.backend.cuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.cuda.jcuda.JCudaCompiler;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compiles units with NVRTC in a process of its own, in which no emulator is loaded. */
final class NvrtcMain {
  private NvrtcMain() {}

  /** Arguments: the file of units, then the libraries to load. */
  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    for (String library : List.of(args).subList(1, args.length)) {
      System.load(library);
    }
    JCudaCompiler compiler = new JCudaCompiler();
    out.println("NVRTC " + compiler.version());
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      if (line.startsWith("#")) {
        continue;
      }
      List<String> words = List.of(line.split(" ", -1));
      KernelSource unit = new KernelSource(words.get(0), words.subList(1, words.size()));
      try {
        compiler.compile(unit.text(), unit.title(), "--gpu-architecture=sm_90", "--std=c++17");
        out.println("compiled " + line);
      } catch (BackendException e) {
        out.println("refused " + line + ": " + e.getMessage());
      }
    }
    out.println("end");
  }
}
