#!/bin/sh
# Installs what is missing, builds everything, runs the tests; the last line is
# `N passed, N failed`.
#
#   tests/run.sh                           g++, every test but the examples
#   tests/run.sh PRESET [ctest options]    another preset, other tests: tests/run.sh clang -R ops
set -u
cd "$(dirname "$0")/.." || exit 1
preset=${1:-release}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- -LE example
build=build/$preset
jobs=$(nproc 2>/dev/null || echo 2)

give_up() {
  echo "$1" >&2
  [ -z "${2-}" ] || cat "$2" >&2
  echo "0 passed, 1 failed"
  exit 1
}

packages=cmake/packages.txt
case $preset in clang*) packages="$packages cmake/packages-dev.txt" ;; esac
sh cmake/install-packages.sh $packages || give_up "The packages could not be installed."

mkdir -p "$build"
cmake --preset "$preset" -D ANSATZ_TESTS=ON >"$build/configure.log" 2>&1 ||
  give_up "Configuring failed:" "$build/configure.log"

build_failed=0
if [ -t 1 ]; then
  sh cmake/with_huge_pages.sh cmake --build "$build" --parallel "$jobs" -- -k 0 || build_failed=1
else
  sh cmake/with_huge_pages.sh cmake --build "$build" --parallel "$jobs" -- -k 0 --quiet \
    >"$build/build.log" 2>&1 || build_failed=1
  [ $build_failed = 0 ] || head -c 40000 "$build/build.log"
fi

ctest --test-dir "$build" --parallel "$jobs" -Q --output-junit ctest.xml \
  --test-output-size-passed 1000000 --test-output-size-failed 1000000 "$@"
if [ $build_failed = 0 ]; then
  python3 tests/summary.py "$build/ctest.xml"
else
  python3 tests/summary.py "$build/ctest.xml" --build-failed
fi
