package io.dendra.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.junit.jupiter.api.Assumptions;

/** The emulator with JCuda on top of it, started once for all tests of this JVM. */
final class EmulatedGpu {

  static final int DEVICES = 4;

  private static EmulatorControl control;

  private EmulatedGpu() {}

  /**
   * Skips the test where there is no g++; otherwise makes device 0 current, alive and free of
   * faults.
   */
  static synchronized EmulatorControl start() {
    Emulator.unavailable().ifPresent(Assumptions::abort);
    if (control == null) {
      Emulator emulator = Emulator.build();
      control = emulator.control().devices(DEVICES);
      for (String library : List.of("libnvrtc.so.12", "libcublas.so.12", "libcudnn.so.8")) {
        System.load(emulator.folder().resolve(library).toString());
      }
      loadNatives();
      ok(JCudaDriver.cuInit(0));
    }
    control.clearFaults().reviveDevices().deferred(false).reversed(false);
    use(0);
    return control;
  }

  // JCuda takes its natives from the temporary folder, under its own version's name.
  private static void loadNatives() {
    String temporary = System.getProperty("java.io.tmpdir");
    try {
      Path folder = Files.createTempDirectory("jcuda-natives");
      copy("libJCudaDriver-12.6.0", "libJCudaDriver-12.6.0", folder);
      copy("libJNvrtc-12.6.0", "libJNvrtc-12.6.0", folder);
      copy("libJCublas2-12.6.0", "libJCublas2-12.6.0", folder);
      copy("libJCudnn-11.7.0", "libJCudnn-12.6.0", folder);
      System.setProperty("java.io.tmpdir", folder.toString());
      for (String name :
          List.of(
              "jcuda.driver.JCudaDriver",
              "jcuda.nvrtc.JNvrtc",
              "jcuda.jcublas.JCublas2",
              "jcuda.jcudnn.JCudnn")) {
        Class.forName(name);
      }
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError("JCuda's natives are on the test class path", e);
    } finally {
      System.setProperty("java.io.tmpdir", temporary);
    }
  }

  private static void copy(String resource, String name, Path folder) throws IOException {
    String path = "/lib/" + resource + "-linux-x86_64.so";
    try (InputStream in = EmulatedGpu.class.getResourceAsStream(path)) {
      Files.copy(in, folder.resolve(name + "-linux-x86_64.so"));
    }
  }

  static void ok(int code) {
    assertThat(code).isZero();
  }

  static CUcontext use(int device) {
    CUcontext context = new CUcontext();
    ok(
        JCudaDriver.cuDevicePrimaryCtxRetain(
            context,
            new jcuda.driver.CUdevice() {
              {
                JCudaDriver.cuDeviceGet(this, device);
              }
            }));
    ok(JCudaDriver.cuCtxSetCurrent(context));
    return context;
  }

  // ---- memory ----

  static CUdeviceptr floats(float... values) {
    CUdeviceptr p = allocate(values.length * (long) Sizeof.FLOAT);
    ok(JCudaDriver.cuMemcpyHtoD(p, Pointer.to(values), values.length * (long) Sizeof.FLOAT));
    return p;
  }

  static CUdeviceptr allocate(long bytes) {
    CUdeviceptr p = new CUdeviceptr();
    ok(JCudaDriver.cuMemAlloc(p, bytes));
    return p;
  }

  static float[] read(CUdeviceptr p, int count) {
    float[] values = new float[count];
    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(values), p, count * (long) Sizeof.FLOAT));
    return values;
  }

  // ---- kernels ----

  static CUfunction kernel(String name, String source) {
    nvrtcProgram program = new nvrtcProgram();
    ok(JNvrtc.nvrtcCreateProgram(program, source, name + ".cu", 0, null, null));
    int code = JNvrtc.nvrtcCompileProgram(program, 0, null);
    String[] log = new String[1];
    JNvrtc.nvrtcGetProgramLog(program, log);
    assertThat(code).as(log[0]).isZero();
    String[] ptx = new String[1];
    ok(JNvrtc.nvrtcGetPTX(program, ptx));
    ok(JNvrtc.nvrtcDestroyProgram(program));
    CUmodule module = new CUmodule();
    ok(JCudaDriver.cuModuleLoadData(module, ptx[0]));
    CUfunction function = new CUfunction();
    ok(JCudaDriver.cuModuleGetFunction(function, module, name));
    return function;
  }

  static int launch(CUfunction f, int grid, int block, int shared, Pointer... arguments) {
    return JCudaDriver.cuLaunchKernel(
        f, grid, 1, 1, block, 1, 1, shared, null, Pointer.to(arguments), null);
  }
}
