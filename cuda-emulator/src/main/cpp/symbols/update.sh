#!/bin/sh
# Lists the functions that JCuda's JNI libraries import, one file per CUDA library.
# usage: update.sh FOLDER_WITH_JNI_LIBRARIES       (the lib/ folders of the jars jcuda-natives, jcublas-natives, jcudnn-natives)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
list() { # folder, our file, JNI library, beginning of the names
  nm -D --undefined-only "$1"/lib"$3"-*linux-x86_64.so | sed -n 's/.* U \([A-Za-z0-9_]*\).*/\1/p' | grep -E "^$4" |
    LC_ALL=C sort -u > "$here/$2.txt"
}
list "$1" libcuda JCudaDriver 'cu[A-Z]'
list "$1" libnvrtc JNvrtc nvrtc
list "$1" libcublas JCublas2 cublas
list "$1" libcudnn JCudnn cudnn
