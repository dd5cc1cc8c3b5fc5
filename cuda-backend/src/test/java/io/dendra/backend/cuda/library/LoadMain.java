package io.dendra.backend.cuda.library;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** What the tests run in a process of its own: loads, calls each library once, and prints all. */
final class LoadMain {
  private LoadMain() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = System.out;
    waitUntil(Long.getLong("test.start", 0));
    String temporary = System.getProperty("java.io.tmpdir");
    CudaLibraries libraries = fromManyThreads();
    out.println("loaded " + libraries.loaded());
    out.println("reason " + libraries.reason());
    out.println("lines " + libraries.reason().lines().count());
    libraries.describe().forEach((name, value) -> out.println("library " + name + " " + value));
    out.println("tmpdir kept " + temporary.equals(System.getProperty("java.io.tmpdir")));
    if (libraries.loaded()) {
      out.println("cuInit " + JCudaDriver.cuInit(0));
      out.println("nvrtcVersion " + JNvrtc.nvrtcVersion(new int[1], new int[1]));
      out.println("cublasCreate " + JCublas2.cublasCreate(new cublasHandle()));
      out.println("cudnnGetVersion " + JCudnn.cudnnGetVersion());
      out.println("has cudnnCreate " + libraries.has(CudaLibrary.CUDNN, "cudnnCreate"));
      out.println("has cudnnRNNForward " + libraries.has(CudaLibrary.CUDNN, "cudnnRNNForward"));
    }
    out.println("end");
  }

  /** Processes that were started one after the other begin together. */
  private static void waitUntil(long time) {
    while (System.currentTimeMillis() < time) {
      Thread.onSpinWait();
    }
  }

  private static CudaLibraries fromManyThreads() throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    List<CudaLibraries> seen = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  CudaLibraries libraries = CudaLibraries.load();
                  synchronized (seen) {
                    seen.add(libraries);
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "loader-" + i);
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    if (seen.size() != 4 || seen.stream().distinct().count() != 1) {
      throw new AssertionError("threads saw different results: " + seen);
    }
    return seen.get(0);
  }
}
