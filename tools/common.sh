# shellcheck shell=bash
# What the scripts of this folder share. To be sourced, not run.

kRoot="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
readonly kRoot
# Compiling one file against LibTorch takes up to this much memory.
readonly kCompilerMiB=1500

# Prints a progress line with the time since the script started.
say() { printf '[%3d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }

die() {
  printf '%s: error: %s\n' "$(basename -- "$0")" "$*" >&2
  exit 1
}

# No script ends in silence when it fails.
report_exit() {
  local code=$?
  if ((code != 0)); then say "$(basename -- "$0") stopped with exit code $code" >&2; fi
}
trap report_exit EXIT

# The comment block at the top of the running script is its --help.
print_help() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$0"; }

# Checks that the value of an option is a positive number.
require_count() { [[ $2 =~ ^[1-9][0-9]*$ ]] || die "$1 takes a number from 1 on, not '$2'"; }

# How many compilers to run at once: one a processor, fewer where memory is short.
default_jobs() {
  local jobs by_memory
  jobs=$(nproc)
  by_memory=$(awk -v each="$kCompilerMiB" \
    '/^MemAvailable:/ { print int($2 / 1024 / each) }' /proc/meminfo)
  if ((by_memory < jobs)); then jobs=$by_memory; fi
  echo $((jobs < 1 ? 1 : jobs))
}

# run_step "what it does" COMMAND...: says what starts, and what failed.
run_step() {
  local what=$1
  shift
  say "$what"
  "$@" || die "failed: $what (command: $*)"
}

# configure_and_build PRESET JOBS [cmake option...] [-- build option...]
configure_and_build() {
  local preset=$1 jobs=$2 configure_options=()
  shift 2
  while (($# > 0)) && [[ $1 != -- ]]; do
    configure_options+=("$1")
    shift
  done
  if (($# > 0)); then shift; fi
  # Lets another clone of the same source, elsewhere, find what this one compiled.
  export CCACHE_BASEDIR="$kRoot"
  cd -- "$kRoot" || die "no folder $kRoot"
  run_step "configuring build/$preset" cmake --preset "$preset" "${configure_options[@]}"
  run_step "building build/$preset with $jobs jobs" \
    cmake --build --preset "$preset" --parallel "$jobs" "$@"
}
