#!/bin/sh
# Builds the four fake CUDA libraries and what they compile kernels with.
# usage: build.sh FOLDER [CUDA_MAJOR [CUDNN_MAJOR]]       12 and 8, or 13 and 9
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
cuda=${2:-12}
cudnn=${3:-$([ "$cuda" -ge 13 ] && echo 9 || echo 8)}
mkdir -p "$out/include" "$out/objects"
out=$(cd "$out" && pwd)
objects=$out/objects
common="-std=c++17 -fPIC -fvisibility=hidden -Wno-psabi -DCUDA_MAJOR=$cuda -DCUDNN_MAJOR=$cudnn"

compile() { # optimisation sources...
  level=$1
  shift
  for source; do
    g++ $common "$level" -c "$here/$source" -o "$objects/$(basename "$source" .cpp).o"
  done
}

# Every function that the JNI libraries import must exist: what is not emulated says so and fails.
stubs() { # library not-supported-code
  removed=$here/symbols/$1.removed-in-$cuda.txt
  {
    echo '#include "emulator.h"'
    if [ -f "$removed" ]; then grep -vxFf "$removed" "$here/symbols/$1.txt"; else cat "$here/symbols/$1.txt"; fi |
      sed "s/.*/EMULATOR_API __attribute__((weak)) int &() { return emulator_missing(\"&\", $2); }/"
  } > "$objects/$1.stubs.cpp"
  g++ $common -O0 -I "$here" -c "$objects/$1.stubs.cpp" -o "$objects/$1.stubs.o"
}

link() { # library soname versioned objects and flags...
  library=$1
  soname=$2
  version=
  if [ "$3" = versioned ]; then
    echo "$soname { global: *; };" > "$objects/$library.map"
    version=-Wl,--version-script=$objects/$library.map
  fi
  shift 3
  (cd "$objects" && g++ -shared -Wl,-soname,"$soname" $version -Wl,-rpath,'$ORIGIN' -o "$out/$soname" \
    "$library.stubs.o" "$@")
}

cp "$here"/include/*.h "$out/include/"
# Two at a time.
{
  compile -O2 driver/devices.cpp driver/memory.cpp driver/streams.cpp driver/capture.cpp driver/execution.cpp
  stubs libcudnn "$([ "$cudnn" -ge 9 ] && echo 3000 || echo 9)"
  stubs libcuda 801
  touch "$objects/first"
} &
compile -O2 driver/faults.cpp driver/modules.cpp nvrtc/nvrtc.cpp nvrtc/compiler.cpp nvrtc/rewrite.cpp
compile -O3 blas/blas.cpp
compile -O2 $(cd "$here" && ls dnn/*.cpp)
stubs libcublas 15
stubs libnvrtc 11
# The same options as in nvrtc/compiler.cpp: a precompiled header serves no others.
g++ -std=c++17 "${DENDRA_EMULATOR_OPTIMIZE:--O1}" -w -fPIC -fvisibility=hidden -fno-strict-aliasing -fno-math-errno \
  -D__CUDACC__ -D__CUDACC_RTC__ -D__CUDA_ARCH__=900 -DCUDA_EMULATOR -x c++-header "$out/include/cuda_device.h" \
  -o "$out/include/cuda_device.h.gch"
wait
test -f "$objects/first"

link libcuda libcuda.so.1 plain devices.o memory.o streams.o capture.o execution.o faults.o modules.o -ldl -lpthread
link libnvrtc libnvrtc.so.$cuda versioned nvrtc.o compiler.o rewrite.o -ldl "$out/libcuda.so.1"
link libcublas libcublas.so.$cuda versioned blas.o "$out/libcuda.so.1"
cudnn_objects=$(cd "$here/dnn" && ls *.cpp | sed 's/cpp$/o/')
link libcudnn libcudnn.so.$cudnn versioned $cudnn_objects "$out/libcuda.so.1"
rm -r "$objects"
