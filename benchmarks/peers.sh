#!/bin/sh
# Measures Dendra and other libraries at the same workloads, in turns, each measurement in a process of its own.
# Leaves peers.csv, peers.md and peers.machine in the folder OUT. See README.md.
set -eu

usage() {
    cat >&2 <<'END'
usage: peers.sh [--peers DIR]        other libraries: a folder with a run.sh, else ../shared/bench/peers if it is there
                [--repeats N]        rounds, else 1
                [--only LIST]        workloads, else all: lenet,lstm
                [--vendors LIST]     other libraries, else all that run: djl,tensorflow; none for none
                [--ours LIST]        ways of using Dendra, else dendra: dendra,fit,nd4j,capture-off
                [--before JAR]       the dendra-benchmarks.jar of another build, as dendra-before
                [--busy]             with a busy loop on one of the processors
                [--no-wait]          does not wait for a quiet machine, nor measures again
                [--with COMMAND]     runs each measurement by a command, such as nice
                [--out DIR]          else benchmarks/target/peers-results
END
    exit 2
}

# Inside of what --with runs, so that the loop spins no longer than the measurement takes.
if [ "${1-}" = --beside-busy-loop ]; then
    shift
    (while :; do :; done) &
    loop=$!
    trap 'kill $loop' EXIT
    taskset -p -c 0 $loop >/dev/null 2>&1 || :
    "$@"
    exit
fi

benchmarks=$(cd "$(dirname "$0")" && pwd)
peers=$benchmarks/../../shared/bench/peers
repeats=1
workloads='mlp_mnist mlp_wide lenet cnn_cifar resnet_block lstm transformer predict_mlp1 matmul1024 elementwise10m'
vendors='djl dl4j-onednn-avx512 samediff-onednn-avx512 tensorflow torch'
ours=dendra
before=
busy=
wait=yes
with=
out=$benchmarks/target/peers-results
limit=0.03
attempts=5
limit_seconds=600

while [ $# -gt 0 ]; do
    case $1 in
    --busy) busy="$0 --beside-busy-loop" && shift && continue ;;
    --no-wait) wait= && shift && continue ;;
    --*) [ $# -gt 1 ] || usage ;;
    esac
    case $1 in
    --peers) peers=$2 ;;
    --repeats) repeats=$2 ;;
    --only) workloads=$(echo "$2" | tr ',' ' ') ;;
    --vendors) vendors=$(echo "$2" | sed 's/^none$//' | tr ',' ' ') ;;
    --ours) ours=$(echo "$2" | tr ',' ' ') ;;
    --before) before=$2 ;;
    --with) with=$2 ;;
    --out) out=$2 ;;
    *) usage ;;
    esac
    shift 2
done

for way in $ours; do
    case $way in
    dendra | fit | nd4j | capture-on | capture-off) ;;
    *) usage ;;
    esac
done

jar=$benchmarks/target/dendra-benchmarks.jar
for needed in "$jar" ${before:+"$before"}; do
    [ -f "$needed" ] || { echo "there is no $needed: mvn -q -DskipTests package makes it" >&2 && exit 2; }
done
mkdir -p "$out"
csv=$out/peers.csv
machine=$out/peers.machine
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

# Others are built in a copy: their folder stays as it is.
if [ -n "$vendors" ] && [ -f "$peers/run.sh" ]; then
    peers=$(cd "$peers" && pwd)
    if [ ! -d "$peers/harness/target" ]; then
        copy=$benchmarks/target/peers
        mkdir -p "$copy"
        cp -R "$peers/." "$copy/"
        chmod -R u+w "$copy"
        (cd "$copy" && mvn -q -B package) >&2
        peers=$copy
    fi
    python3 -c 'import torch' 2>/dev/null || vendors=$(echo "$vendors" | sed 's/\btorch\b//')
else
    vendors=
fi

dendra() {
    name=$1
    workload=$2
    case $name-$workload in
    fit-predict_mlp1 | fit-matmul1024 | fit-elementwise10m) return 0 ;;
    esac
    case $name in
    fit) set -- "$jar" --mode fit ;;
    nd4j) set -- "$jar" --engine nd4j ;;
    capture-*) set -- "$jar" --capture "${name#capture-}" ;;
    before) set -- "$before" --name dendra-before ;;
    *) set -- "$jar" ;;
    esac
    used=$1
    shift
    # shellcheck disable=SC2086
    $with $busy timeout $limit_seconds java -Xmx4g -jar "$used" peer "$workload" "$@"
}

# Theirs waits and repeats as this script does, unless anything is quiet enough for it.
vendor() {
    # shellcheck disable=SC2086
    BUSY=1 $with $busy "$peers/run.sh" "$1" "$2" | sed 1d
}

measure_once() {
    case " $ours before " in
    *" $1 "*) dendra "$1" "$2" ;;
    *) vendor "$1" "$2" ;;
    esac >"$out/line" 2>"$errors"
}

# Processor ticks spent so far on anything at all.
busy_ticks() {
    awk '/^cpu /{print $2 + $3 + $4 + $7 + $8 + $9}' /proc/stat
}

wait_until_quiet() {
    while :; do
        ticks=$(busy_ticks)
        sleep 3
        ticks=$(($(busy_ticks) - ticks))
        awk -v ticks="$ticks" -v processors="$(nproc)" -v limit=$limit \
            'BEGIN{exit !(ticks <= limit * 300 * processors)}' && return
    done
}

# The busy loop may have a processor and no more.
allowed=$(awk -v limit=$limit -v loop="${busy:+1}" -v processors="$(nproc)" 'BEGIN{print limit + loop / processors}')

measure() {
    attempt=1
    while :; do
        [ -z "$wait" ] || wait_until_quiet
        measure_once "$1" "$2" || {
            echo "$1 $2 failed:" >&2
            tail -n 5 "$errors" >&2
            return
        }
        # A library may lack a workload; if it is something else, it has said so.
        if [ ! -s "$out/line" ]; then
            tail -n 5 "$errors" >&2
            return 0
        fi
        others=$(sed 's/.*,//' "$out/line")
        if [ -z "$wait" ] || [ $attempt -ge $attempts ]; then
            break
        fi
        awk -v others="$others" -v allowed="$allowed" 'BEGIN{exit !(others <= allowed)}' && break
        attempt=$((attempt + 1))
    done
    cat "$out/line" >>"$csv"
    cat "$out/line"
}

machine() {
    [ -z "$wait" ] || wait_until_quiet
    # shellcheck disable=SC2086
    $with java -Xmx4g -jar "$jar" machine | tee -a "$machine"
}

: >"$machine"
echo "peer,version,workload,median_ms,min_ms,max_ms,samples_per_s,gflops,peak_rss_mib,startup_s,first_loss,last_loss,others_cpu_share" >"$csv"
machine
for repeat in $(seq "$repeats"); do
    for workload in $workloads; do
        for peer in $ours ${before:+before} $vendors; do
            measure "$peer" "$workload"
        done
    done
done
machine
rm -f "$out/line"
java -jar "$jar" report "$csv" "$machine" | tee "$out/peers.md"
