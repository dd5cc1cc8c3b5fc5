package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The functions without which nothing works.
 *
 * <p>A call of a function that the loaded library lacks ends the process, so what is there is read
 * from the files before anything is loaded. Functions that can be done without are asked for with
 * {@link CudaLibraries#has} where they are used.
 */
final class RequiredFunctions {
  private static final Map<CudaLibrary, List<String>> NAMES =
      Map.of(
          CudaLibrary.DRIVER,
          List.of(
              "cuInit",
              "cuDriverGetVersion",
              "cuDeviceGet",
              "cuDeviceGetCount",
              "cuDeviceGetName",
              "cuDeviceGetAttribute",
              "cuDevicePrimaryCtxRetain",
              "cuDevicePrimaryCtxRelease_v2",
              "cuCtxSetCurrent",
              "cuMemAlloc_v2",
              "cuMemFree_v2",
              "cuMemGetInfo_v2",
              "cuMemHostAlloc",
              "cuMemFreeHost",
              "cuMemcpyHtoDAsync_v2",
              "cuMemcpyDtoHAsync_v2",
              "cuMemcpyDtoDAsync_v2",
              "cuMemsetD8Async",
              "cuMemsetD32Async",
              "cuStreamCreate",
              "cuStreamDestroy_v2",
              "cuStreamSynchronize",
              "cuStreamWaitEvent",
              "cuEventCreate",
              "cuEventRecord",
              "cuEventQuery",
              "cuEventSynchronize",
              "cuModuleLoadData",
              "cuModuleGetFunction",
              "cuModuleUnload",
              "cuLaunchKernel"),
          CudaLibrary.CUBLAS,
          List.of(
              "cublasCreate_v2",
              "cublasDestroy_v2",
              "cublasSetStream_v2",
              "cublasSetMathMode",
              "cublasGemmEx",
              "cublasGemmStridedBatchedEx"),
          CudaLibrary.NVRTC,
          List.of(
              "nvrtcVersion",
              "nvrtcCreateProgram",
              "nvrtcDestroyProgram",
              "nvrtcCompileProgram",
              "nvrtcGetProgramLog",
              "nvrtcGetProgramLogSize",
              "nvrtcGetPTX",
              "nvrtcGetPTXSize"),
          CudaLibrary.CUDNN,
          List.of(
              "cudnnCreate",
              "cudnnDestroy",
              "cudnnGetVersion",
              "cudnnSetStream",
              "cudnnCreateTensorDescriptor",
              "cudnnSetTensorNdDescriptor",
              "cudnnDestroyTensorDescriptor",
              "cudnnCreateFilterDescriptor",
              "cudnnSetFilterNdDescriptor",
              "cudnnDestroyFilterDescriptor",
              "cudnnCreateConvolutionDescriptor",
              "cudnnSetConvolutionNdDescriptor",
              "cudnnSetConvolutionGroupCount",
              "cudnnDestroyConvolutionDescriptor",
              "cudnnConvolutionForward",
              "cudnnConvolutionBackwardData",
              "cudnnConvolutionBackwardFilter",
              "cudnnGetConvolutionForwardWorkspaceSize",
              "cudnnGetConvolutionBackwardDataWorkspaceSize",
              "cudnnGetConvolutionBackwardFilterWorkspaceSize"));

  private RequiredFunctions() {}

  /** Those of a library; none of one that is a part of another. */
  static List<String> of(CudaLibrary library) {
    return NAMES.getOrDefault(library, List.of());
  }

  /**
   * Reads what the libraries of a set export.
   *
   * @throws LibraryException when a file is damaged or lacks something that is required
   */
  static Map<CudaLibrary, Set<String>> check(LibrarySet set) throws LibraryException {
    Map<CudaLibrary, Set<String>> exports = new EnumMap<>(CudaLibrary.class);
    for (LibraryFile file : set.files().values()) {
      Set<String> names = exports(file);
      List<String> missing =
          of(file.library()).stream().filter(name -> !names.contains(name)).toList();
      if (!missing.isEmpty()) {
        throw new LibraryException(
            file.describe() + " lacks " + String.join(", ", missing) + " and cannot be used");
      }
      exports.put(file.library(), names);
    }
    return exports;
  }

  private static Set<String> exports(LibraryFile file) throws LibraryException {
    try {
      return Set.copyOf(ElfFile.read(file.path(), ElfFile::exports));
    } catch (IOException e) {
      throw new LibraryException(file.describe() + " cannot be used: " + e.getMessage(), e);
    }
  }
}
