# Sourced by the tests of training on real devices, all of them on this machine. Needs `acceptlab`.
# Moves to a folder of its own, which goes with the test, as do the processes in `workers`.
# shellcheck shell=bash
: "${acceptlab:?}"
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"
workers=()
finish() {
  local pid
  for pid in "${workers[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
  done
  rm -rf -- "$work"
}
trap finish EXIT

fail() {
  printf 'FAILED: %s\n' "$1" >&2
  tail -n 5 -- *.log >&2 || true
  exit 1
}

# wait_for TEXT FILE: until the file has the text; the limit only keeps a broken test from hanging.
wait_for() {
  local tries=0
  until grep -qF -- "$1" "$2" 2>/dev/null; do
    ((++tries < 1200)) || fail "'$1' does not appear in $2"
    sleep 0.05
  done
}

free_ports() {
  /usr/bin/python3 -c '
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

# start_worker NAME PORT [ARGUMENTS...]: its process is the last of `workers`.
start_worker() {
  local name=$1 port=$2
  shift 2
  "$acceptlab" worker --listen "tcp://127.0.0.1:$port" --keys "keys/$name" "$@" 2>"$name.log" &
  workers+=($!)
  wait_for "listening at" "$name.log"
}

# write_cluster NAME PORT [NAME PORT...]
write_cluster() {
  while (($# > 0)); do
    printf '[[devices]]\nname = "%s"\naddress = "tcp://127.0.0.1:%s"\n' "$1" "$2"
    shift 2
  done >cluster.toml
}

# batches_of FOLDER...: every mini-batch that these runs have trained, as epoch,number.
batches_of() {
  local folder
  for folder; do tail -n +2 "$folder/progress.csv" | cut -d, -f1,2; done
}
