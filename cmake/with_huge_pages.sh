#!/bin/sh
# Runs a command that compiles, with the compilers' memory in huge pages where Linux gives them on
# advice: clang by the C library's own setting, g++, which takes its memory otherwise, with
# huge_pages.c as well. Without them nothing is lost but time.
#
#   sh cmake/with_huge_pages.sh COMMAND...
folder=$(cd "$(dirname "$0")/.." && pwd) || exit 1
library=$folder/build/huge_pages.so
if [ ! -f "$library" ] || [ "$folder/cmake/huge_pages.c" -nt "$library" ]; then
  mkdir -p "$folder/build" &&
    cc -O2 -shared -fPIC -o "$library.$$" "$folder/cmake/huge_pages.c" 2>/dev/null &&
    mv -f "$library.$$" "$library"
fi
[ ! -f "$library" ] || export LD_PRELOAD="$library${LD_PRELOAD:+:$LD_PRELOAD}"
export GLIBC_TUNABLES="glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864"
exec "$@"
