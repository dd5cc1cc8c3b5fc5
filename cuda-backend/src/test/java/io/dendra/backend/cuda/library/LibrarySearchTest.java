package io.dendra.backend.cuda.library;

import static io.dendra.backend.cuda.library.CudaLibrary.CUBLAS;
import static io.dendra.backend.cuda.library.CudaLibrary.CUBLAS_LT;
import static io.dendra.backend.cuda.library.CudaLibrary.CUDNN;
import static io.dendra.backend.cuda.library.CudaLibrary.DRIVER;
import static io.dendra.backend.cuda.library.CudaLibrary.NVRTC;
import static io.dendra.backend.cuda.library.CudaLibrary.NVRTC_BUILTINS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {
  private static final String[] CUDA_12 = {
    "libcublas.so.12.3.4.1",
    "libcublas.so.12 -> libcublas.so.12.3.4.1",
    "libcublas.so -> libcublas.so.12",
    "libcublasLt.so.12",
    "libnvrtc.so.12",
    "libnvrtc-builtins.so.12.3",
    "libcufft.so.11"
  };
  private static final String[] CUDA_13 = {
    "libcublas.so.13", "libcublasLt.so.13", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0"
  };

  @TempDir private Path root;
  private FakeTree tree;

  @BeforeEach
  void makeMachine() throws IOException {
    tree = new FakeTree(root.toRealPath());
  }

  @Test
  void takesTheToolkitOfTheSystem() throws Exception {
    tree.driver("535.104.05").with("/usr/local/cuda/lib64", CUDA_12);
    LibrarySet set = tree.with("/usr/lib/x86_64-linux-gnu", "libcudnn.so.8").find();
    assertThat(set.versions()).hasToString("cuda12-cudnn8");
    assertThat(tree.place(set, DRIVER)).isEqualTo("/usr/lib/x86_64-linux-gnu/libcuda.so.1");
    assertThat(tree.place(set, CUBLAS)).isEqualTo("/usr/local/cuda/lib64/libcublas.so.12");
    assertThat(tree.place(set, NVRTC_BUILTINS)).endsWith("/libnvrtc-builtins.so.12.3");
    assertThat(set.files().get(DRIVER).version()).isEqualTo("535.104.05");
    assertThat(set.files().get(CUBLAS).version()).isEqualTo("12.3.4.1");
    assertThat(set.files().get(CUBLAS).folder().source()).isEqualTo("system");
    assertThat(set.files().keySet())
        .containsExactly(DRIVER, CUBLAS_LT, CUBLAS, NVRTC_BUILTINS, NVRTC, CUDNN);
  }

  @Test
  void configuredFoldersComeFirst() throws Exception {
    tree.driver("580.65.06").with("/usr/local/cuda/lib64", CUDA_12);
    tree.with("/usr/lib64", "libcudnn.so.8").with("/opt/mine", CUDA_13);
    tree.with("/opt/dnn", "libcudnn.so.9").configure("/opt/mine", "/opt/dnn");
    LibrarySet set = tree.find();
    assertThat(set.versions()).hasToString("cuda13-cudnn9");
    assertThat(tree.place(set, CUBLAS)).isEqualTo("/opt/mine/libcublas.so.13");
    assertThat(set.files().get(CUDNN).folder().source()).isEqualTo("dendra.cuda.libraries");
  }

  @Test
  void configuredFoldersMayHoldTheDriverToo() throws Exception {
    tree.driver("580.65.06").with("/emulator", "libcuda.so.1", "libcublas.so.12");
    tree.with("/emulator", "libnvrtc.so.12", "libcudnn.so.8").configure("/emulator");
    LibrarySet set = tree.find();
    assertThat(set.files().values())
        .allMatch(file -> file.path().toString().contains("/emulator/"));
    assertThat(set.files()).hasSize(4);
  }

  @Test
  void configuredFoldersNeedNotHoldAll() throws Exception {
    tree.driver("535.104.05").with("/usr/lib64", CUDA_12).with("/opt/dnn", "libcudnn.so.8");
    LibrarySet set = tree.configure("/opt/dnn").find();
    assertThat(tree.place(set, CUDNN)).isEqualTo("/opt/dnn/libcudnn.so.8");
    assertThat(tree.place(set, CUBLAS)).isEqualTo("/usr/lib64/libcublas.so.12");
  }

  @Test
  void theOlderStackIsPreferredWithinOneSource() throws Exception {
    tree.driver("580.65.06").with("/usr/lib64", CUDA_12).with("/usr/local/cuda/lib64", CUDA_13);
    tree.with("/usr/lib64", "libcudnn.so.9");
    assertThat(tree.find().versions()).hasToString("cuda12-cudnn9");
    tree.with("/usr/lib/x86_64-linux-gnu", "libcudnn.so.8");
    assertThat(tree.find().versions()).hasToString("cuda12-cudnn8");
  }

  @Test
  void findsWhatTheLinkerFinds() throws Exception {
    tree.driver("535.104.05").with("/opt/a", "libcublas.so.12").with("/opt/b", "libnvrtc.so.12");
    tree.with("/opt/c", "libcudnn.so.8").variable("LD_LIBRARY_PATH", "/nowhere::/opt/c");
    tree.text(
        "/etc/ld.so.conf", "# folders\ninclude ld.so.conf.d/*.conf\ninclude /\n/opt/a # blas\n");
    tree.text("/etc/ld.so.conf.d/b.conf", "/opt/b\n");
    LibrarySet set = tree.find();
    assertThat(tree.place(set, CUBLAS)).startsWith("/opt/a/");
    assertThat(tree.place(set, NVRTC)).startsWith("/opt/b/");
    assertThat(tree.place(set, CUDNN)).startsWith("/opt/c/");
  }

  @Test
  void aLoaderConfigurationThatIncludesItselfEnds() throws Exception {
    tree.driver("535.104.05").with("/usr/lib64", CUDA_12).with("/usr/lib64", "libcudnn.so.8");
    tree.text("/etc/ld.so.conf", "include /etc/ld.so.conf\n");
    assertThat(tree.find().versions()).hasToString("cuda12-cudnn8");
  }

  @Test
  void findsConda() throws Exception {
    tree.driver("535.104.05")
        .with("/opt/conda/lib", CUDA_12)
        .with("/opt/conda/lib", "libcudnn.so.8");
    LibrarySet set = tree.variable("CONDA_PREFIX", "/opt/conda").find();
    assertThat(tree.place(set, CUBLAS)).isEqualTo("/opt/conda/lib/libcublas.so.12");
  }

  @Test
  void findsThePackagesOfAPythonOnThePath() throws Exception {
    String packages = "/opt/py/lib/python3.12/site-packages";
    tree.driver("580.65.06").with("/opt/py/bin", "python3.12", "python3 -> python3.12");
    tree.with("/usr/bin", "python3 -> ../../opt/py/bin/python3").variable("PATH", "/usr/bin");
    tree.with(packages + "/nvidia/cu13/lib", CUDA_13);
    tree.with(packages + "/nvidia/cudnn/lib", "libcudnn.so.9", "libcudnn_ops.so.9");
    LibrarySet set = tree.find();
    assertThat(tree.place(set, CUDNN)).isEqualTo(packages + "/nvidia/cudnn/lib/libcudnn.so.9");
    assertThat(set.files().get(CUDNN).folder().source()).isEqualTo("pip");
  }

  @Test
  void findsThePackagesOfCuda12AndTellsTheirVersions() throws Exception {
    String packages = "/venv/lib/python3.10/site-packages";
    tree.driver("580.65.06").variable("VIRTUAL_ENV", "/venv");
    tree.with(packages + "/nvidia/cublas/lib", "libcublas.so.12", "libcublasLt.so.12");
    tree.with(packages + "/nvidia/cuda_nvrtc/lib", "libnvrtc.so.12", "libnvrtc-builtins.so.12.4");
    tree.with(packages + "/nvidia/cudnn/lib", "libcudnn.so.9");
    tree.with(packages + "/nvidia_cublas_cu12-12.4.5.8.dist-info");
    tree.with(packages + "/nvidia_cuda_nvrtc_cu12-12.4.127.dist-info");
    tree.with(packages + "/nvidia_cudnn_cu12-9.1.0.70.dist-info");
    LibrarySet set = tree.find();
    assertThat(set.versions()).hasToString("cuda12-cudnn9");
    assertThat(set.files().get(CUBLAS).version()).isEqualTo("12.4.5.8");
    assertThat(set.files().get(CUBLAS_LT).version()).isEqualTo("12.4.5.8");
    assertThat(set.files().get(NVRTC).version()).isEqualTo("12.4.127");
    assertThat(set.files().get(CUDNN).version()).isEqualTo("9.1.0.70");
  }

  @Test
  void aSourceThatIsCompleteIsNotMixedWithAnother() throws Exception {
    String packages = "/venv/lib/python3.12/site-packages/nvidia/";
    tree.driver("580.65.06")
        .with("/usr/local/cuda/lib64", CUDA_13)
        .variable("VIRTUAL_ENV", "/venv");
    tree.with(packages + "cu13/lib", CUDA_13).with(packages + "cudnn/lib", "libcudnn.so.9");
    LibrarySet set = tree.find();
    assertThat(tree.place(set, CUBLAS)).isEqualTo(packages + "cu13/lib/libcublas.so.13");
    assertThat(tree.place(set, CUBLAS_LT)).isEqualTo(packages + "cu13/lib/libcublasLt.so.13");
  }

  @Test
  void sourcesThatAreNotCompleteAreMixed() throws Exception {
    String packages = "/venv/lib/python3.12/site-packages/nvidia/";
    tree.driver("580.65.06")
        .with("/usr/local/cuda/lib64", CUDA_13)
        .variable("VIRTUAL_ENV", "/venv");
    LibrarySet set = tree.with(packages + "cudnn/lib", "libcudnn.so.9").find();
    assertThat(tree.place(set, CUBLAS)).isEqualTo("/usr/local/cuda/lib64/libcublas.so.13");
    assertThat(tree.place(set, CUDNN)).isEqualTo(packages + "cudnn/lib/libcudnn.so.9");
  }

  @Test
  void withoutADriverNothingElseIsLookedFor() {
    assertThatThrownBy(() -> tree.with("/usr/lib64", CUDA_12).find())
        .isInstanceOf(LibraryException.class)
        .hasMessage(
            "no NVIDIA driver: libcuda.so.1 is neither in a folder of dendra.cuda.libraries nor on"
                + " the system");
  }

  @Test
  void aDriverAloneIsNotEnough() throws Exception {
    tree.driver("535.104.05");
    assertThatThrownBy(tree::find)
        .hasMessageStartingWith(
            "there is an NVIDIA driver, but no libcublas, libnvrtc and libcudnn")
        .hasMessageContaining("org.bytedeco:cuda:12.3-8.9-1.5.10:linux-x86_64-redist")
        .hasMessageContaining("dendra.cuda.libraries");
  }

  @Test
  void namesWhatWasFoundAndWhatWouldFit() throws Exception {
    tree.driver("535.104.05").with("/usr/lib64", "libcublas.so.11", "libcudnn.so.8");
    assertThatThrownBy(tree::find)
        .hasMessageMatching(
            "found libcublas.so.11 in .*/usr/lib64, libcudnn.so.8 in .*/usr/lib64; for CUDA 12"
                + " there is no libcublas.so.12 and no libnvrtc.so.12; add .*");
  }

  @Test
  void namesTheWholeSetWhenNothingFits() throws Exception {
    tree.driver("535.104.05").with("/usr/lib64", "libcublas.so.11", "libcudnn.so.7");
    assertThatThrownBy(tree::find)
        .hasMessageContaining(
            "; needed are libcublas.so.12, libnvrtc.so.12, libcudnn.so.8, or those of CUDA 13 with"
                + " libcudnn.so.9; ");
  }

  @Test
  void cudnn8DoesNotGoWithCuda13() throws Exception {
    tree.driver("580.65.06").with("/usr/lib64", CUDA_13).with("/usr/lib64", "libcudnn.so.8");
    assertThatThrownBy(tree::find).hasMessageContaining("for CUDA 13 there is no libcudnn.so.9");
  }

  @Test
  void cudnnForAnotherCudaDoesNotFit() throws Exception {
    String packages = "/venv/lib/python3.10/site-packages";
    tree.driver("580.65.06").variable("VIRTUAL_ENV", "/venv").with("/usr/lib64", CUDA_13);
    tree.with(packages + "/nvidia/cudnn/lib", "libcudnn.so.9");
    tree.with(packages + "/nvidia_cudnn_cu12-9.1.0.70.dist-info");
    assertThatThrownBy(tree::find)
        .hasMessageContaining("libcudnn.so.9 (for CUDA 12) in ")
        .hasMessageContaining("for CUDA 13 there is no libcudnn.so.9");
  }

  @Test
  void anOldDriverRulesOutCuda13() throws Exception {
    tree.driver("535.104.05").with("/usr/lib64", CUDA_13).with("/usr/lib64", "libcudnn.so.9");
    assertThatThrownBy(tree::find)
        .hasMessageContaining("CUDA 13 needs driver 580 or newer, this is 535.104.05");
  }

  @Test
  void aFolderThatSomebodyNamedIsNotPassedOver() throws Exception {
    tree.driver("535.104.05").with("/usr/lib64", CUDA_12).with("/usr/lib64", "libcudnn.so.8");
    assertThatThrownBy(tree.configure("/opt/nothing")::find)
        .isInstanceOf(LibraryException.class)
        .hasMessageMatching("the folder .*/opt/nothing of dendra.cuda.libraries does not exist");
  }
}
