package io.dendra.backend.cuda.jcuda;

import io.dendra.backend.BackendException;
import io.dendra.backend.cuda.driver.Compiler;
import io.dendra.backend.cuda.driver.CudaException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** NVRTC by JCuda. */
public final class JCudaCompiler implements Compiler {
  @Override
  public String version() {
    int[] major = {0};
    int[] minor = {0};
    check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
    return major[0] + "." + minor[0];
  }

  @Override
  public int[] architectures() {
    int[] count = {0};
    check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] architectures = new int[count[0]];
    check(JNvrtc.nvrtcGetSupportedArchs(architectures), "nvrtcGetSupportedArchs");
    Arrays.sort(architectures);
    return architectures;
  }

  @Override
  public byte[] compile(String source, String name, String... options) {
    nvrtcProgram program = new nvrtcProgram();
    check(JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null), "nvrtcCreateProgram");
    try {
      int code = JNvrtc.nvrtcCompileProgram(program, options.length, options);
      if (code == nvrtcResult.NVRTC_ERROR_COMPILATION) {
        throw new BackendException(
            "kernel "
                + name
                + " does not compile with "
                + Arrays.toString(options)
                + ":\n"
                + log(program));
      }
      check(code, "nvrtcCompileProgram");
      return Arrays.stream(options).anyMatch(option -> option.contains("=sm_"))
          ? machineCode(program)
          : ptx(program);
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  private static String log(nvrtcProgram program) {
    String[] log = {""};
    JNvrtc.nvrtcGetProgramLog(program, log);
    return log[0];
  }

  private static byte[] machineCode(nvrtcProgram program) {
    long[] size = {0};
    check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
    byte[] code = new byte[Math.toIntExact(size[0])];
    check(JNvrtc.nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
    return code;
  }

  private static byte[] ptx(nvrtcProgram program) {
    String[] text = {null};
    check(JNvrtc.nvrtcGetPTX(program, text), "nvrtcGetPTX");
    return (text[0] + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  private static void check(int code, String function) {
    if (code != nvrtcResult.NVRTC_SUCCESS) {
      throw new CudaException(function, code, JNvrtc.nvrtcGetErrorString(code), -1);
    }
  }
}
