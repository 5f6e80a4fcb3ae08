#!/bin/sh
# Installs what is missing, builds the multilayer perceptron of the course, and trains it: on MNIST
# from $ANSATZ_DATA_PATH or ./data if it is there, otherwise on digits drawn by a generator.
set -eu
cd "$(dirname "$0")/.."
target=example_mlp_mnist

sh cmake/install-packages.sh
build=build/release
mkdir -p $build
log=$build/quickstart.log
[ -x $build/examples/$target ] || echo "Building $target (the first time, a minute or two)"
for command in "cmake --preset release -D ANSATZ_TESTS=OFF" \
               "sh cmake/with_huge_pages.sh cmake --build $build --target $target"; do
  $command >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
done
exec $build/examples/$target "$@"
