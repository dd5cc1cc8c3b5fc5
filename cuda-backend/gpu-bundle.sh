#!/usr/bin/env bash
# Makes a folder that tries the CUDA backend on a machine with a GPU and python3, but no Java, no Maven and no network.
#
# usage: gpu-bundle.sh [--built] [--mnist DIR] OUT
#   --built      take the jars and classes that lie in the modules' target folders, build nothing
#   --mnist DIR  the four idx files (.gz) of MNIST, for the accuracy of real trainings
#
# Then, on that machine: OUT/run.sh. Needs Maven, a JDK 17 with jlink, xz and python3 here.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(dirname "$here")"
limit_mib=40

built=no mnist="" out=""
while [ $# -gt 0 ]; do
  case "$1" in
    --built) built=yes ;;
    --mnist) mnist="$2"; shift ;;
    -*) sed -n '2,9p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    *) out="$1" ;;
  esac
  shift
done
[ -n "$out" ] || { sed -n '2,9p' "${BASH_SOURCE[0]}" >&2; exit 2; }
case "$out" in / | "$HOME") echo "refusing to write to $out" >&2; exit 2 ;; esac
if [ -e "$out" ] && [ ! -e "$out/run.sh" ]; then echo "$out is there and no bundle" >&2; exit 2; fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

if [ "$built" = no ]; then
  (cd "$root" && mvn -q -B -ntp -DskipTests -pl benchmarks,examples,cuda-backend -am package)
fi

rm -rf "$out"
mkdir -p "$out/jars"

# A file of the local repository, fetched when it is not there.
repository="$(cd "$root" && mvn -q -B -ntp -o help:evaluate -Dexpression=settings.localRepository -DforceStdout 2>/dev/null || true)"
[ -d "$repository" ] || repository="$HOME/.m2/repository"
artifact() { # group:artifact:version[:jar:classifier]
  local group artifact version type classifier
  IFS=: read -r group artifact version type classifier <<<"$1"
  local file="$repository/${group//.//}/$artifact/$version/$artifact-$version${classifier:+-$classifier}.jar"
  [ -e "$file" ] || (cd "$root" && mvn -q -B -ntp dependency:get -Dartifact="$1" -Dtransitive=false)
  echo "$file"
}
version_of() { # a property of the root pom
  sed -n "s:.*<$1>\(.*\)</$1>.*:\1:p" "$root/pom.xml" | head -n 1
}

# One jar of a module's classes; test classes go into a jar of their own.
pack() { # name classes-folder
  [ -d "$2" ] || { echo "$2 is not there: build first" >&2; exit 1; }
  jar --create --no-manifest --file "$out/jars/$1.jar" -C "$2" .
}
pack dendra-core "$root/core/target/classes"
pack dendra-backend-tck "$root/backend-tck/target/classes"
pack dendra-cuda "$root/cuda-backend/target/classes"
pack dendra-cuda-tests "$root/cuda-backend/target/test-classes"
pack dendra-cuda-emulator "$root/cuda-emulator/target/classes"
pack dendra-examples "$root/examples/target/classes"
pack dendra-benchmarks "$root/benchmarks/target/classes"

jcuda="$(version_of jcuda.version)" jcudnn="$(version_of jcudnn.version)" jackson="$(version_of jackson.version)"
for coordinates in \
  "org.jcuda:jcuda:$jcuda" "org.jcuda:jcublas:$jcuda" "org.jcuda:jcudnn:$jcudnn" \
  "org.slf4j:slf4j-api:$(version_of slf4j.version)" "org.slf4j:slf4j-simple:$(version_of slf4j.version)" \
  "info.picocli:picocli:$(version_of picocli.version)" \
  "com.fasterxml.jackson.core:jackson-databind:$jackson" "com.fasterxml.jackson.core:jackson-core:$jackson" \
  "com.fasterxml.jackson.core:jackson-annotations:$jackson" \
  "org.assertj:assertj-core:$(version_of assertj.version)" \
  "org.junit.platform:junit-platform-console-standalone:1.14.4"; do
  cp "$(artifact "$coordinates")" "$out/jars/"
done

# Of JCuda's natives the four that are used; the others weigh ten times as much.
mkdir -p "$work/natives"
for native in "jcuda-natives:$jcuda" "jcublas-natives:$jcuda" "jcudnn-natives:$jcudnn"; do
  (cd "$work/natives" && jar --extract --file "$(artifact "org.jcuda:$native:jar:linux-x86_64")" lib)
done
find "$work/natives/lib" -name '*.so' | grep -vE '/lib(JCudaDriver|JNvrtc|JCublas2|JCudnn)-' | xargs -r rm
jar --create --no-manifest --file "$out/jars/jcuda-natives-used.jar" -C "$work/natives" lib

# jlink's own compression would make the archive larger.
modules=java.base,java.logging,java.management,java.net.http,java.xml,jdk.unsupported,jdk.zipfs
jlink --strip-debug --no-header-files --no-man-pages --compress=0 --add-modules "$modules" --output "$work/jre"
tar -C "$work" -c jre | xz -9e -T1 >"$out/jre.tar.xz"

if [ -n "$mnist" ]; then
  mkdir -p "$out/mnist"
  cp "$mnist"/*-ubyte.gz "$out/mnist/"
fi
cp "$here"/src/gpu/* "$out/"
cp "$root/benchmarks/src/main/python/torch_steps.py" "$out/"
chmod +x "$out/run.sh"
git -C "$root" rev-parse HEAD >"$out/commit.txt" 2>/dev/null || echo unknown >"$out/commit.txt"

size="$(du -sk "$out" | cut -f1)"
echo "$out: $((size / 1024)) MiB"
du -k "$out"/* | sort -rn | head -n 8
if [ "$size" -ge $((limit_mib * 1024)) ]; then
  echo "that is more than $limit_mib MiB" >&2
  exit 1
fi
