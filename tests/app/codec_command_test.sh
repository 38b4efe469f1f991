#!/usr/bin/env bash
# `acceptlab codec` as a user runs it. usage: codec_command_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"

codec() { "$acceptlab" codec "$@"; }

# expect_error TEXT ARGUMENTS...: `codec ARGUMENTS` fails and says TEXT in a line of its own.
expect_error() {
  local text=$1
  shift
  if codec "$@" >out.txt 2>err.txt; then fail "succeeded: $*"; fi
  grep -qF -- "$text" err.txt || fail "'$*' does not say '$text' but: $(cat err.txt)"
  [[ ! -s out.txt ]] || fail "'$*' fails, but prints: $(cat out.txt)"
}

# says TEXT ARGUMENTS...: `codec ARGUMENTS` succeeds and says TEXT.
says() {
  local text=$1
  shift
  codec "$@" >out.txt 2>err.txt || fail "$*: $(cat err.txt)"
  grep -qF -- "$text" out.txt || fail "'$*' does not say '$text' but: $(cat out.txt)"
  [[ ! -s err.txt ]] || fail "'$*' succeeds, but complains: $(cat err.txt)"
}

# quality OPTIONS...: encodes and decodes tensor.npy with them; compare.json says how well.
quality() {
  codec encode tensor.npy q.acpt "$@" >encode.txt
  codec decode q.acpt q.npy >/dev/null
  codec inspect q.acpt --json >inspect.json
  codec compare tensor.npy q.npy --json >compare.json
  check "j['message_bytes'] == $(stat -c %s q.acpt) and j['values'] == 2560" inspect.json
  check "j['shape'] == [4, 10, 8, 8] and j['other_dtype'] == 'float32'" compare.json
}

cat >make.py <<'PYTHON'
import random
import struct


def write(path, descr, shape, values, order=False):
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }" % (descr, order, shape)
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    letter = {"<f4": "f", "<f2": "e", "<f8": "d", ">f4": "f", "<i4": "i"}[descr]
    with open(path, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        out.write(struct.pack(descr[0] + str(len(values)) + letter, *values))


random.seed(1)
normal = [random.gauss(0.5, 1.0) for _ in range(2560)]
write("tensor.npy", "<f4", (4, 10, 8, 8), normal)
write("half.npy", "<f2", (40, 64), normal)
write("sparse.npy", "<f4", (2560,), [max(0.0, value - 1.0) for value in normal])
write("small.npy", "<f4", (2, 16), normal[:32])
write("scalar.npy", "<f4", (), [2.5])
write("none.npy", "<f4", (0, 3), [])
write("double.npy", "<f8", (2560,), normal)
write("big_endian.npy", ">f4", (2560,), normal)
write("integer.npy", "<i4", (3,), [1, 2, 3])
write("fortran.npy", "<f4", (40, 64), normal, order=True)
write("nan.npy", "<f4", (5,), [1.0, 2.0, float("nan"), float("inf"), -1e38])
write("all_nan.npy", "<f4", (1,), [float("nan")])
write("long.npy", "<f4", (2, 3), normal[:7])
write("short.npy", "<f4", (2, 3), normal[:5])
PYTHON
/usr/bin/python3 make.py

echo "--- help"
for command in encode decode inspect compare table; do
  says Usage "$command" --help
done
says compare --help
expect_error 'subcommand'

echo "--- every scheme makes messages that decode to what it promises"
quality --scheme none
check "j['equal'] and j['snr_db'] is None and j['max_abs_error'] == 0" compare.json
quality --scheme fp16
check "65 < j['snr_db'] < 90" compare.json
for scheme in uniform suq mbq; do
  previous=-100
  for bits in 1 4 8; do # a start of the command takes some tenths of a second
    quality --scheme $scheme --bits $bits
    check "j['scheme'] == '$scheme' and j['bits'] == $bits" inspect.json
    check "$bits < j['bits_per_value'] < $bits + 1.2" inspect.json
    check "$previous < j['snr_db']" compare.json
    grep -q "^q.acpt: $scheme$bits, 2560 values (4, 10, 8, 8), " encode.txt ||
      fail "encode says $(cat encode.txt)"
    previous=$(/usr/bin/python3 -c "import json; print(json.load(open('compare.json'))['snr_db'])")
  done
  /usr/bin/python3 -c "exit(not $previous > 35)" || fail "$scheme with 8 bits has only $previous dB"
done
quality --scheme mbq --bits 4
check "abs(j['mean_error']) < 0.05 and j['relative_l2_error'] < 0.2" compare.json
check "j['max_abs_error'] > j['mean_abs_error'] > abs(j['mean_error'])" compare.json

echo "--- a name is the same as its options"
same() {
  local name=$1
  shift
  codec encode sparse.npy options.acpt "$@" >/dev/null
  codec encode sparse.npy name.acpt --codec "$name" >/dev/null
  cmp options.acpt name.acpt || fail "$name differs from $*"
  codec decode name.acpt name.npy >/dev/null
}
same mbq4 --scheme mbq
same mbq3-greedy --scheme mbq --bits 3 --fit greedy --offset
same mbq2-alternating5-no-offset --scheme mbq --bits 2 --fit alternating --cycles 5 --no-offset
same uniform4-clip --scheme uniform --range clip
same uniform8-relu6 --scheme uniform --bits 8 --range relu6
same 'suq4-range(-1:2.5)' --scheme suq --range -1:2.5
same suq4-zeros --scheme suq --zeros
same fp16-zstd --scheme fp16 --lossless
same none-zeros-zstd --scheme none --zeros --lossless
says '"zero_mask": true' inspect name.acpt --json
codec compare sparse.npy name.npy | grep -q equal || fail "none-zeros-zstd loses something"
codec encode tensor.npy small_groups.acpt --scheme mbq --fit refined --group 256 --offset >/dev/null
says 'group         256 values' inspect small_groups.acpt

echo "--- suq's random numbers depend on the seed alone"
for run in 1 2; do codec encode tensor.npy seed.$run --scheme suq --seed 5 >/dev/null; done
cmp seed.1 seed.2
codec encode tensor.npy seed.2 --scheme suq --seed 6 >/dev/null
if cmp -s seed.1 seed.2; then fail "another seed makes the same message"; fi

echo "--- shape and dtype come back"
for file in half scalar none; do
  codec encode $file.npy $file.acpt --scheme none >/dev/null
  codec decode $file.acpt back.npy >/dev/null
  cmp $file.npy back.npy || fail "$file.npy comes back otherwise"
done
says 'ratio 0.498 to float16' encode half.npy half.acpt --scheme none
says float16 inspect half.acpt
codec encode half.npy half.acpt --scheme fp16 >/dev/null
codec decode half.acpt back.npy >/dev/null
cmp half.npy back.npy || fail "fp16 changes a float16 tensor"
codec encode half.npy half.acpt --scheme mbq --bits 8 >/dev/null
says 'of float16, from mbq with 8 bits' decode half.acpt back.npy
codec compare half.npy back.npy --json >compare.json
check "j['other_dtype'] == 'float16' and j['snr_db'] > 35" compare.json
codec encode scalar.npy scalar.acpt --scheme mbq >/dev/null
codec decode scalar.acpt back.npy >/dev/null

echo "--- compare"
says 'SNR             inf dB' compare tensor.npy tensor.npy
expect_error 'half.npy: shape (40, 64), but tensor.npy has shape (4, 10, 8, 8)' \
  compare tensor.npy half.npy
says 'not finite      2 values, the first at index 2' compare nan.npy nan.npy
expect_error 'nothing to compare' compare all_nan.npy all_nan.npy

echo "--- table"
codec table tensor.npy --csv >table.csv 2>err.txt
[[ ! -s err.txt ]] || fail "progress although standard error is no terminal"
[[ $(head -n 1 table.csv) == codec,bits_per_value,ratio,snr_db,encode_gb_s,decode_gb_s ]] ||
  fail "the header is $(head -n 1 table.csv)"
[[ $(wc -l <table.csv) -eq 27 ]] || fail "table.csv has $(wc -l <table.csv) lines, not 27"
codec table small.npy --all --json >table.json
check "len(j['codecs']) == len({c['codec'] for c in j['codecs']}) == 134" table.json
check "all(c['encode_gb_s'] > 0 and c['decode_gb_s'] > 0 for c in j['codecs'])" table.json
check "j['codecs'][0]['codec'] == 'none' and j['codecs'][0]['snr_db'] is None" table.json
says mbq8 table small.npy
expect_error 'exclude' table small.npy --csv --json
expect_error 'none.npy: has no values' table none.npy
expect_error 'nan.npy: codec none: ' table nan.npy

echo "--- NaN, infinite and huge values"
expect_error 'nan.npy: ' encode nan.npy no.acpt --scheme fp16
expect_error '--non-finite replace encodes it' encode nan.npy no.acpt --scheme fp16
says 'replaced: 3 values' encode nan.npy replaced.acpt --scheme mbq --non-finite replace
says 'replaced: 2 values' encode nan.npy replaced.acpt --scheme none --non-finite replace
codec decode replaced.acpt replaced.npy >/dev/null
codec compare nan.npy replaced.npy --json >compare.json
check "j['not_finite_values'] == 2 and j['max_abs_error'] == 0" compare.json
expect_error "allowed: error, replace" encode nan.npy no.acpt --scheme none --non-finite skip

echo "--- wrong input is refused with its name"
: >empty
printf 'some text, longer than any header of a tensor, longer than thirty-six bytes\n' >text
for file in missing empty text .; do
  expect_error "$file: " encode $file no.acpt --scheme mbq
  expect_error "$file: " decode $file no.npy
  expect_error "$file: " inspect $file
  expect_error "$file: " compare tensor.npy $file
  expect_error "$file: " table $file
done
expect_error "double.npy: dtype '<f8' (float64)" encode double.npy no.acpt --scheme mbq
expect_error "big_endian.npy: dtype '>f4' (big-endian float32)" compare big_endian.npy tensor.npy
expect_error "integer.npy: dtype '<i4' (int32)" table integer.npy
expect_error "fortran.npy: fortran_order" encode fortran.npy no.acpt --scheme mbq
expect_error "long.npy: trailing bytes: 28" encode long.npy no.acpt --scheme mbq
expect_error "short.npy: truncated: 20" encode short.npy no.acpt --scheme mbq
codec encode tensor.npy whole.acpt --scheme mbq >/dev/null
size=$(stat -c %s whole.acpt)
for keep in 1 31 48 $((size - 1)); do
  head -c "$keep" whole.acpt >cut.acpt
  expect_error 'cut.acpt: ' decode cut.acpt no.npy
  expect_error 'cut.acpt: ' inspect cut.acpt
done
printf 'x' | cat whole.acpt - >longer.acpt
expect_error 'longer.acpt: ' decode longer.acpt no.npy
truncate -s 5G huge.acpt
expect_error 'huge.acpt: has 5368709120 bytes, an encoded tensor at most' inspect huge.acpt
for at in 0 4 5 20 32 100 $((size - 1)); do
  cp whole.acpt damaged.acpt
  printf '\xa5' | dd of=damaged.acpt bs=1 seek="$at" conv=notrunc status=none
  expect_error 'damaged.acpt: ' decode damaged.acpt no.npy
done

echo "--- wrong options are refused"
refused() {
  local text=$1
  shift
  expect_error "$text" encode tensor.npy no.acpt "$@"
}
refused '--scheme or --codec is required'
refused "--scheme: 'mbp' is unknown; allowed: none, fp16, uniform, suq, mbq" --scheme mbp
refused 'codec "mbq4-fast" is unknown' --codec mbq4-fast
for bits in 0 9 -1; do refused "bits must be 1..8, have $bits" --scheme suq --bits $bits; done
refused '--bits' --scheme suq --bits four
refused '--bits has no effect on codec fp16' --scheme fp16 --bits 16
refused '--bits has no effect on codec none' --scheme none --bits 4
refused '--fit has no effect on codec suq4' --scheme suq --fit refined
refused '--cycles has no effect on codec mbq4' --scheme mbq --cycles 3
refused 'cycles must be' --scheme mbq --fit alternating --cycles 0
refused '--no-offset has no effect on codec uniform4' --scheme uniform --no-offset
refused '--range has no effect on codec mbq4' --scheme mbq --range clip
refused '--range' --scheme suq --range 0-6
refused 'uniform4-range(6:0)' --scheme uniform --range 6:0
refused '--group has no effect on codec none' --codec none --group 8
refused 'group must be a multiple of 8' --scheme mbq --group 100
refused '--seed has no effect on codec mbq4' --codec mbq4 --seed 1
refused '--scheme cannot be given with --codec' --codec mbq4 --scheme mbq
refused '--tiny' --scheme mbq --tiny

echo "--- output is replaced whole or not at all"
mkdir folder
mkfifo pipe
for out in folder pipe missing/no.acpt; do
  expect_error "$out" encode tensor.npy $out --scheme mbq
  expect_error "$out" decode whole.acpt $out
done
[[ -p pipe ]] || fail "a pipe was replaced"
cp tensor.npy same.npy
expect_error 'same.npy: is the same file as ./same.npy' encode ./same.npy same.npy --scheme mbq
cmp tensor.npy same.npy
cp text kept.npy
expect_error 'cut.acpt' decode cut.acpt kept.npy
cmp text kept.npy
codec decode whole.acpt kept.npy >/dev/null
codec compare tensor.npy kept.npy >/dev/null
ln -s kept.npy link.npy
codec decode seed.1 link.npy >/dev/null
codec decode seed.1 seed.npy >/dev/null
[[ -L link.npy ]] || fail "a link was replaced"
cmp seed.npy kept.npy
left=$(find . -name '*.tmp' -o -name 'no.*')
[[ -z $left ]] || fail "left behind: $left"
echo "all passed"
