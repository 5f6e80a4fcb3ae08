#!/bin/bash
# Builds the fuzz targets with clang, libFuzzer and the address and undefined-behaviour sanitizers,
# and runs each from its corpus; the last line is `N passed, N failed`.
#
#   tests/fuzz_targets/run.sh [-s SECONDS] [TARGET...]     default: 60 s each, every target
#
# The seconds are the processor's, so that no input is left out when others use it, too.
# An input that crashes, leaks, hangs or takes too much memory is kept in build/fuzz/found/.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=60
if [ "${1-}" = -s ]; then
  seconds=$2
  shift 2
fi
build=build/fuzz
# Of the process, sanitizers included; and of one allocation.
rss_limit_mb=1024 malloc_limit_mb=256
export LSAN_OPTIONS="suppressions=$PWD/tests/fuzz_targets/leaks.txt:print_suppressions=0"

give_up() {
  echo "$1" >&2
  [ -z "${2-}" ] || tail -n 40 "$2" >&2
  echo "0 passed, 1 failed"
  exit 1
}

sh cmake/install-packages.sh cmake/packages.txt cmake/packages-dev.txt ||
  give_up "The packages could not be installed."
mkdir -p "$build/found"
cmake -S . -B "$build" -G Ninja -D CMAKE_TOOLCHAIN_FILE="$PWD/cmake/clang.cmake" \
  -D ANSATZ_FUZZ=ON -D ANSATZ_TESTS=ON -D ANSATZ_EXAMPLES=OFF -D ANSATZ_BENCHMARKS=OFF \
  >"$build/configure.log" 2>&1 || give_up "Configuring failed:" "$build/configure.log"

jobs=$(nproc 2>/dev/null || echo 2)
names=() corpora=()
while IFS='|' read -r name folders; do
  [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
  names+=("$name") corpora+=("$folders")
done <"$build/tests/fuzz_targets/targets.txt"
sh cmake/with_huge_pages.sh cmake --build "$build" --parallel "$jobs" \
  --target "${names[@]/#/fuzz_}" >"$build/build.log" 2>&1 ||
  give_up "Building the targets failed:" "$build/build.log"

# Sets `spent`: the seconds of a processor that the programs took which this shell started.
count_spent() {
  local fields
  read -r -a fields <"/proc/$BASHPID/stat"  # the 16th and 17th are theirs, in hundredths
  spent=$(((fields[15] + fields[16]) / 100))
}

# fuzz NAME FOLDERS: one target, on one processor; says what it did.
fuzz() {
  local name=$1 corpus scratch log=$build/$1.log status
  IFS='|' read -r -a corpus <<<"$2"
  # The first folder receives new inputs, from which the next part of the time goes on.
  scratch=$(mktemp -d)
  field() { grep -o "$1: *[0-9]*" "$log" | tail -n 1 | grep -o '[0-9]*$' || echo 0; }
  local most=0 inputs=0 memory spent
  while
    "$build/tests/fuzz_targets/fuzz_$name" "$scratch" "${corpus[@]}" \
      -max_total_time=$((seconds < 10 ? seconds : 10)) -max_len=65536 -timeout=10 \
      -print_final_stats=1 -rss_limit_mb=$rss_limit_mb -malloc_limit_mb=$malloc_limit_mb \
      -artifact_prefix="$build/found/$name-" >"$log" 2>&1
    status=$?
    inputs=$((inputs + $(field 'stat::number_of_executed_units')))
    memory=$(field 'stat::peak_rss_mb')
    [ "$memory" -le $most ] || most=$memory
    count_spent
    [ $status = 0 ] && [ $spent -lt "$seconds" ]
  do :; done
  rm -rf "$scratch"
  echo "$name: $(field cov) edges, $(field ft) features, $inputs inputs in" \
    "$spent s of a processor, $most MB at most"
  if [ $status != 0 ]; then
    grep -n -A 30 -m 1 -E 'ERROR|SUMMARY' "$log"
    grep "Test unit written" "$log"
  fi
  return $status
}

passed=0 failed=0
one_ended() {
  if wait -n; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
for i in "${!names[@]}"; do
  [ "$i" -lt "$jobs" ] || one_ended
  fuzz "${names[i]}" "${corpora[i]}" &
done
for ((i = passed + failed; i < ${#names[@]}; ++i)); do one_ended; done

echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
