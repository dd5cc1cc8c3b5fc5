package io.dendra.backend.cuda.library;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The functions that the backend calls, by their names in the libraries' symbol tables.
 *
 * <p>A call of a function that the loaded library lacks ends the process, so what is there is read
 * from the files before anything is loaded. A function that can be done without is not listed here;
 * it is asked for with {@link CudaLibraries#has} where it is called.
 */
final class RequiredFunctions {
  private static final Map<CudaLibrary, List<String>> NAMES =
      Map.of(
          CudaLibrary.DRIVER,
          List.of(
              "cuCtxEnablePeerAccess",
              "cuCtxSetCurrent",
              "cuDeviceCanAccessPeer",
              "cuDeviceGet",
              "cuDeviceGetAttribute",
              "cuDeviceGetCount",
              "cuDeviceGetName",
              "cuDevicePrimaryCtxRelease_v2",
              "cuDevicePrimaryCtxRetain",
              "cuDeviceTotalMem_v2",
              "cuDriverGetVersion",
              "cuEventCreate",
              "cuEventDestroy_v2",
              "cuEventRecord",
              "cuEventSynchronize",
              "cuFuncSetAttribute",
              "cuGetErrorName",
              "cuGetErrorString",
              "cuGraphDestroy",
              "cuGraphExecDestroy",
              "cuGraphInstantiateWithFlags",
              "cuGraphLaunch",
              "cuInit",
              "cuLaunchKernel",
              "cuMemAlloc_v2",
              "cuMemFreeHost",
              "cuMemFree_v2",
              "cuMemHostAlloc",
              "cuMemcpyDtoDAsync_v2",
              "cuMemcpyDtoHAsync_v2",
              "cuMemcpyHtoDAsync_v2",
              "cuMemcpyPeerAsync",
              "cuMemsetD8Async",
              "cuModuleGetFunction",
              "cuModuleLoadData",
              "cuModuleUnload",
              "cuStreamBeginCapture_v2",
              "cuStreamCreate",
              "cuStreamDestroy_v2",
              "cuStreamEndCapture",
              "cuStreamIsCapturing",
              "cuStreamSynchronize",
              "cuStreamWaitEvent"),
          CudaLibrary.CUBLAS,
          List.of(
              "cublasCreate_v2",
              "cublasDestroy_v2",
              "cublasGemmEx",
              "cublasGemmStridedBatchedEx",
              "cublasGetVersion_v2",
              "cublasSetMathMode",
              "cublasSetStream_v2",
              "cublasSetWorkspace_v2"),
          CudaLibrary.NVRTC,
          List.of(
              "nvrtcCompileProgram",
              "nvrtcCreateProgram",
              "nvrtcDestroyProgram",
              "nvrtcGetCUBIN",
              "nvrtcGetCUBINSize",
              "nvrtcGetErrorString",
              "nvrtcGetNumSupportedArchs",
              "nvrtcGetPTX",
              "nvrtcGetProgramLog",
              "nvrtcGetSupportedArchs",
              "nvrtcVersion"),
          CudaLibrary.CUDNN,
          List.of(
              "cudnnConvolutionBackwardData",
              "cudnnConvolutionBackwardFilter",
              "cudnnConvolutionBiasActivationForward",
              "cudnnConvolutionForward",
              "cudnnCreate",
              "cudnnCreateActivationDescriptor",
              "cudnnCreateConvolutionDescriptor",
              "cudnnCreateFilterDescriptor",
              "cudnnCreateTensorDescriptor",
              "cudnnDestroy",
              "cudnnDestroyActivationDescriptor",
              "cudnnDestroyConvolutionDescriptor",
              "cudnnDestroyFilterDescriptor",
              "cudnnDestroyTensorDescriptor",
              "cudnnFindConvolutionBackwardDataAlgorithm",
              "cudnnFindConvolutionBackwardFilterAlgorithm",
              "cudnnFindConvolutionForwardAlgorithm",
              "cudnnGetConvolutionBackwardDataAlgorithm_v7",
              "cudnnGetConvolutionBackwardDataWorkspaceSize",
              "cudnnGetConvolutionBackwardFilterAlgorithm_v7",
              "cudnnGetConvolutionBackwardFilterWorkspaceSize",
              "cudnnGetConvolutionForwardAlgorithm_v7",
              "cudnnGetConvolutionForwardWorkspaceSize",
              "cudnnGetVersion",
              "cudnnSetActivationDescriptor",
              "cudnnSetConvolutionGroupCount",
              "cudnnSetConvolutionMathType",
              "cudnnSetConvolutionNdDescriptor",
              "cudnnSetFilterNdDescriptor",
              "cudnnSetStream",
              "cudnnSetTensorNdDescriptor"));

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
