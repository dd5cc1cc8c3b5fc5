package io.dendra.backend.cuda.driver;

/** Compiles CUDA C++ at run time: NVRTC. */
public interface Compiler {
  /** The version, {@code 12.6}; part of what a cached kernel depends on. */
  String version();

  /** The architectures that machine code can be made for, rising: {@code 90} is sm_90. */
  int[] architectures();

  /**
   * Compiles a source without includes.
   *
   * @param source CUDA C++
   * @param name the name in messages
   * @param options such as {@code --gpu-architecture=sm_90}
   * @return machine code for {@code sm_}, PTX for {@code compute_}
   * @throws io.dendra.backend.BackendException when it does not compile, with the compiler's log
   */
  byte[] compile(String source, String name, String... options);
}
