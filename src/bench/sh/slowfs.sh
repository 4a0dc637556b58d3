#!/usr/bin/env bash
# Mounts a folder so that every read that is not cached takes some milliseconds longer; see
# src/bench/c/slowfs.c. Needs gcc, pkg-config, libfuse3-dev, fuse3 and the right to mount (root).
#
#   src/bench/sh/slowfs.sh mount SRC DIR LATENCY_MS [READ_AHEAD_KB]
#   src/bench/sh/slowfs.sh stats DIR            reads since the last reset
#   src/bench/sh/slowfs.sh reset DIR
#   src/bench/sh/slowfs.sh cold SRC DIR LATENCY_MS [READ_AHEAD_KB]
#                                               mounts anew: nothing of DIR is cached then
#   src/bench/sh/slowfs.sh unmount DIR
#
# READ_AHEAD_KB is the kernel's read-ahead, 128 if not given, which is what Linux gives an NFS mount;
# Amazon's mount helper for EFS sets 15000.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
binary=$here/../../../target/slowfs

usage() {
  sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

compile() {
  local source=$here/../c/slowfs.c
  if [[ ! $binary -nt $source ]]; then
    mkdir -p "$(dirname "$binary")"
    # shellcheck disable=SC2046 # several words are wanted
    gcc -std=gnu17 -O2 -Wall -Wextra -Werror -o "$binary" "$source" \
      $(pkg-config --cflags --libs fuse3)
  fi
}

set_read_ahead() {
  local device
  device=$(mountpoint -d "$1")
  echo "$2" > "/sys/class/bdi/$device/read_ahead_kb"
}

mount_slow() {
  local from=$1 at=$2 latency_ms=$3 read_ahead_kb=${4:-128}
  compile
  mkdir -p "$at"
  # Goes to the background once it is mounted.
  "$binary" "$at" -o "source=$(realpath "$from"),latency_ms=$latency_ms"
  set_read_ahead "$at" "$read_ahead_kb"
}

unmount() {
  fusermount3 -u "$1"
}

case ${1:-} in
mount)
  [[ $# -ge 4 && $# -le 5 ]] || usage
  mount_slow "${@:2}"
  ;;
cold)
  [[ $# -ge 4 && $# -le 5 ]] || usage
  unmount "$3"
  mount_slow "${@:2}"
  ;;
stats)
  [[ $# -eq 2 ]] || usage
  cat "$2/.slowfs-stats"
  ;;
reset)
  [[ $# -eq 2 ]] || usage
  : > "$2/.slowfs-stats"
  ;;
unmount)
  [[ $# -eq 2 ]] || usage
  unmount "$2"
  ;;
*)
  usage
  ;;
esac
