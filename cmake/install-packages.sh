#!/bin/sh
# Installs the packages listed in the given files (default: packages.txt) that are not there yet.
# Prints nothing and does nothing when all are.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- "$folder/packages.txt"

wanted=$(sed 's/#.*//' "$@")
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  # Another system, other names: with the tools there, configuring says which library is missing.
  for tool in g++ cmake ninja python3; do
    command -v $tool >/dev/null || {
      echo "$tool is missing, and packages are only installed on Debian and Ubuntu. Needed here," \
        "by their Debian names: "$wanted >&2
      exit 1
    }
  done
  exit 0
fi
# dpkg-query fails when it does not know a package; what it knows is printed all the same.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
  sed -n 's/^installed //p') || true
missing=
for package in $wanted; do
  printf '%s\n' "$installed" | grep -qxF -- "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

by_hand="apt-get install$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing, and only root may install them: $by_hand" >&2
    exit 1
  fi
  as_root=sudo
fi

echo "Installing:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" \
    >"$log" 2>&1
}
# The lists of packages are fetched only if the ones at hand do not do.
if ! apt install -y --no-install-recommends $missing; then
  if ! apt update || ! apt install -y --no-install-recommends $missing; then
    tail -n 5 "$log" >&2
    echo "Could not install the packages. By hand: $by_hand" >&2
    exit 1
  fi
fi
