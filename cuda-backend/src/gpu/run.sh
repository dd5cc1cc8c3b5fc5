#!/usr/bin/env bash
# Runs the CUDA backend on this machine and writes report.json, report.txt and logs.tar.gz. Every stage has a timeout and a log,
# goes on when another fails, and is reported at once, so that a run that is cut short has told what it could.
#
# usage: run.sh [--out DIR] [--budget SECONDS] [--only STAGE,...] [--quick]
#   stages: facts doctor smoke kit tests steps torch mnist; chosen ones add to the results that lie in DIR
#   --quick   few steps of the smallest network only: for the emulator (DENDRA_CUDA_LIBRARIES=<its folder>)
# environment: STEP_CLASS, NETWORKS, PRECISIONS, WARMUP, STEPS, KIT_SECONDS, STEP_SECONDS, PYTHON
set -u
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
out="$here/results" budget=3000 only="" quick=no
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out="$2"; shift ;;
    --budget) budget="$2"; shift ;;
    --only) only=",$2,"; shift ;;
    --quick) quick=yes ;;
    *) sed -n '2,9p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
  shift
done

# The class that trains one network for some steps and prints a line of JSON.
step_class="${STEP_CLASS:-io.dendra.benchmarks.device.DeviceSteps}"
python="${PYTHON:-python3}"
if [ "$quick" = yes ]; then
  networks="${NETWORKS:-mlp}" precisions="${PRECISIONS:-float32}" warmup="${WARMUP:-1}" steps="${STEPS:-2}"
else
  networks="${NETWORKS:-mlp lenet_64 lenet_1024 resnet18 lstm_256 transformer}"
  precisions="${PRECISIONS:-float32 tf32 mixed_bfloat16}" warmup="${WARMUP:-20}" steps="${STEPS:-100}"
fi
kit_seconds="${KIT_SECONDS:-600}" step_seconds="${STEP_SECONDS:-90}"
device="${DEVICE:-cuda}"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
logs="$out/logs"
# Chosen stages add to what an earlier run has written.
[ -n "$only" ] || rm -rf "$logs"
mkdir -p "$logs"
touch "$logs/stages.tsv" "$logs/steps.jsonl" "$logs/torch.jsonl"
began="$(date +%s)"
left() { echo $((budget - ($(date +%s) - began))); }

report() { "$python" "$here/report.py" "$here" "$out" >"$logs/report.log" 2>&1 || cat "$logs/report.log" >&2; }

# Runs a command with a timeout and a log; its end is a line of stages.tsv.
stage() { # name seconds command...
  local name="$1" seconds="$2" code started
  shift 2
  local rest
  rest="$(left)"
  if [ "$rest" -le 5 ]; then
    printf '%s\tskipped\t0\n' "$name" >>"$logs/stages.tsv"
    return 0
  fi
  [ "$seconds" -le "$rest" ] || seconds="$rest"
  started="$(date +%s)"
  timeout -k 10 "$seconds" "$@" >"$logs/$name.log" 2>&1 </dev/null
  code=$?
  printf '%s\t%s\t%s\n' "$name" "$code" "$(($(date +%s) - started))" >>"$logs/stages.tsv"
  echo "[$(($(date +%s) - began)) s] $name: $([ $code = 0 ] && echo ok || echo "code $code, see $logs/$name.log")"
  return "$code"
}
wanted() { [ -z "$only" ] || [[ "$only" == *",$1,"* ]]; }

# python3 unpacks, as xz may not be there.
"$python" -c "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])" "$here/jre.tar.xz" "$work" 2>"$logs/unpack.log" \
  || { echo "the JRE cannot be unpacked:"; cat "$logs/unpack.log"; }
java="$work/jre/bin/java"
export DENDRA_HOME="$work/home"
classes="$(printf '%s:' "$here"/jars/*.jar)"
options=(-Xmx8g "-XX:ErrorFile=$logs/crash-%p.log" -Djava.awt.headless=true
  -Dorg.slf4j.simpleLogger.defaultLogLevel=info -Dorg.slf4j.simpleLogger.showDateTime=false)

facts() {
  uname -a
  head -n 2 /etc/os-release
  nproc
  grep -m1 'model name' /proc/cpuinfo
  grep MemTotal /proc/meminfo
  nvidia-smi || echo "no nvidia-smi"
  nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,power.limit,mig.mode.current --format=csv || true
  cat /proc/driver/nvidia/version 2>/dev/null
  ls -l /dev/nvidia* 2>/dev/null
  (gcc --version || echo "no gcc") | head -n 1
  "$java" -version
  "$python" --version
  "$python" -c 'import torch; print("torch", torch.__version__, "cuda", torch.version.cuda, "cudnn", torch.backends.cudnn.version(), torch.cuda.is_available())' || true
  find / -xdev \( -name 'libcuda.so*' -o -name 'libcublas.so*' -o -name 'libcudnn.so*' -o -name 'libnvrtc.so*' \) 2>/dev/null | head -n 40
}

if wanted facts; then
  export -f facts
  export java python
  stage facts 120 bash -c facts
fi
if wanted doctor; then
  stage doctor 120 "$java" "${options[@]}" -cp "$classes" io.dendra.examples.Main doctor
fi
report

# One network; the last line of its output is the result.
step() { # name seconds lines-file command...
  local name="$1" seconds="$2" lines="$3" code
  shift 3
  stage "$name" "$seconds" "$@"
  code=$?
  if [ "$code" = 0 ]; then
    grep '^{' "$logs/$name.log" | tail -n 1 >>"$lines"
  fi
  return 0
}
if wanted smoke; then
  step smoke 120 "$logs/smoke.jsonl" "$java" "${options[@]}" -cp "$classes" "$step_class" mlp "$device" float32 1 2
fi
report

# JUnit prints each test as it ends, so that a crash of the process shows where it was.
tests() { # name options...
  local name="$1"
  shift
  stage "$name" "$kit_seconds" "$java" "${options[@]}" -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Ddendra.test.gpu=true \
    -cp "$classes" org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors \
    --details=testfeed --include-engine=junit-jupiter --reports-dir="$logs/$name" "$@"
  report
}
if wanted kit; then
  tests kit --select-class=io.dendra.backend.cuda.CudaConformanceTest
fi
if wanted tests; then
  tests tests --select-package=io.dendra.backend.cuda '--exclude-classname=.*(ConformanceTest|KernelCompilationTest|\.library\..*)'
fi

if wanted steps; then
  for network in $networks; do
    for precision in $precisions; do
      step "steps-$network-$precision" "$step_seconds" "$logs/steps.jsonl" "$java" "${options[@]}" \
        -cp "$classes" "$step_class" "$network" "$device" "$precision" "$warmup" "$steps"
    done
    # How much the capture of a step brings.
    step "steps-$network-no-capture" "$step_seconds" "$logs/steps.jsonl" "$java" "${options[@]}" -Ddendra.capture=off \
      -cp "$classes" "$step_class" "$network" "$device" float32 "$warmup" "$steps"
    report
  done
fi
if wanted torch; then
  if "$python" -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' >"$logs/torch-there.log" 2>&1; then
    for network in $networks; do
      for precision in $precisions; do
        step "torch-$network-$precision" "$step_seconds" "$logs/torch.jsonl" \
          "$python" "$here/torch_steps.py" "$network" cuda "$precision" "$warmup" "$steps"
      done
    done
  else
    printf 'torch\tabsent\t0\n' >>"$logs/stages.tsv"
  fi
  report
fi
if wanted mnist && [ -d "$here/mnist" ]; then
  epochs=3 limit=()
  [ "$quick" = yes ] && epochs=1 && limit=(--limit 256)
  for model in mlp cnn lstm; do
    stage "mnist-$model" 240 "$java" "${options[@]}" -cp "$classes" io.dendra.examples.Main mnist --backend "$device" \
      --model "$model" --epochs "$epochs" --data "$here/mnist" --report "$logs/mnist-$model.json" "${limit[@]}"
  done
fi
report
tar -C "$out" -czf "$out/logs.tar.gz" logs
cat "$out/report.txt"
