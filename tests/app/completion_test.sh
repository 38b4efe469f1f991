#!/usr/bin/env bash
# What Tab offers in bash; the scripts for zsh and fish are read by those shells where they are
# installed. usage: completion_test.sh ACCEPTLAB
set -euo pipefail
acceptlab=$(realpath -- "$1")
# shellcheck source=tests/app/command_helpers.sh
source "$(dirname -- "$(realpath -- "$0")")/command_helpers.sh"
mkdir folder
touch one.toml two.toml data.csv

"$acceptlab" completion bash >bash.sh
bash -n bash.sh
# shellcheck source=/dev/null
source bash.sh
complete -p acceptlab | grep -q -- '-F _acceptlab acceptlab' || fail "not registered"

# offered LINE: what Tab offers behind the line, one a line, sorted.
offered() {
  COMP_LINE=$1
  COMP_POINT=${#1}
  COMPREPLY=()
  _acceptlab
  if ((${#COMPREPLY[@]} > 0)); then printf '%s\n' "${COMPREPLY[@]}" | sort; fi
}

# offers LINE WORD...: exactly these words.
offers() {
  local line=$1 got wanted=''
  shift
  if (($# > 0)); then wanted=$(printf '%s\n' "$@" | sort); fi
  got=$(offered "$line")
  [[ $got == "$wanted" ]] || fail "'$line' offers '$got', not '$wanted'"
}

# among LINE WORD...: these words and maybe others.
among() {
  local line=$1 word
  shift
  for word in "$@"; do
    offered "$line" | grep -qxF -- "$word" || fail "'$line' does not offer '$word'"
  done
}

echo "--- commands: all that --help lists"
mapfile -t commands < <("$acceptlab" --help | sed -n '/^Subcommands:/,$ s/^  \([a-z-]\+\) .*/\1/p')
((${#commands[@]} > 9)) || fail "found only the commands ${commands[*]}"
offers 'acceptlab ' "${commands[@]}"
offers 'acceptlab sw' sweep
offers 'acceptlab codec ' encode decode inspect compare table
offers 'acceptlab --v' --version
offers 'acceptlab nonsense-'

echo "--- options: all that the command's --help lists"
for command in run sweep plan profile 'codec encode' 'predictor evaluate'; do
  # shellcheck disable=SC2086
  mapfile -t options < <("$acceptlab" $command --help | grep -oE '^ {2,4}(-h,)?--[a-z-]+(\{false\})?(,--[a-z-]+(\{false\})?)*' |
    sed 's/{false}//g' | tr -d ' ' | tr , '\n' | sort -u)
  ((${#options[@]} > 3)) || fail "found only the options ${options[*]} of $command"
  offers "acceptlab $command -" "${options[@]}"
done

echo "--- files"
offers 'acceptlab run ' one.toml two.toml folder
offers 'acceptlab plan o' one.toml
offers 'acceptlab run one.toml --out f' folder
among 'acceptlab run one.toml --resume ' data.csv one.toml folder
offers 'acceptlab predictor train --personas=da' data.csv

echo "--- scenario keys, and the words that they may be"
among 'acceptlab run one.toml --set ' network.bandwidth_mbit_s= 'devices[0].slowdown=' method=
mapfile -t keys < <("$acceptlab" schema | sed -n 's/^\([a-z_.]*\(\[\]\)\?[a-z_.]*\)$/\1/p' |
  grep -vxE 'sweep|network\.links\[\].*|' | sed 's/\[\]/[0]/; s/$/=/')
((${#keys[@]} > 60)) || fail "found only ${#keys[@]} keys"
offers 'acceptlab sweep one.toml --set ' "${keys[@]}"
offers 'acceptlab run one.toml --set network.model=' packet message
offers 'acceptlab run one.toml --set network.model=m' message
offers 'acceptlab run one.toml --set=network.mo' network.model=
among 'acceptlab plan one.toml --set method=' even ftpipehd+codec accept
among 'acceptlab run one.toml --set model.name=' mobilenetv2 cnn
offers 'acceptlab run one.toml --set training.evaluate=' true false
offers 'acceptlab run one.toml --set seed='
COMP_WORDBREAKS=' ' # a user's choice: '=' does not end a word
offers 'acceptlab run one.toml --set network.model=m' network.model=message
offers 'acceptlab run one.toml --set=network.model=m' --set=network.model=message
COMP_WORDBREAKS=' ='

echo "--- words of other options, and what nothing is known of"
offers 'acceptlab completion ' bash fish zsh
offers 'acceptlab profile --clock ' auto cpu wall
among 'acceptlab profile --model ' mobilenetv2 cnn
offers 'acceptlab sweep one.toml --jobs '

echo "--- the other shells read theirs"
for shell in zsh fish; do
  "$acceptlab" completion "$shell" >"script.$shell"
  grep -q 'network.model' "script.$shell" || fail "no keys for $shell"
  if command -v "$shell" >/dev/null; then
    "$shell" -n "script.$shell" || fail "$shell cannot read its script"
  else
    echo "$shell is not installed: its script is not read"
  fi
done
if "$acceptlab" completion tcsh >/dev/null 2>err.txt; then fail "completes in tcsh"; fi
grep -q bash err.txt || fail "does not say which shells it knows"
echo "all passed"
