#include "app/completion.h"

namespace acceptlab::app {

namespace {

// "codec" of "codec encode", "" of "codec".
std::string parent_of(const std::string& path) {
  const std::size_t blank = path.rfind(' ');
  return blank == std::string::npos ? "" : path.substr(0, blank);
}

std::string last_word(const std::string& path) {
  const std::size_t blank = path.rfind(' ');
  return blank == std::string::npos ? path : path.substr(blank + 1);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<const CompletionCommand*> children_of(const std::string& path,
                                                  const CommandLine& line) {
  std::vector<const CompletionCommand*> children;
  for (const CompletionCommand& command : line.commands) {
    if (!command.path.empty() && parent_of(command.path) == path) children.push_back(&command);
  }
  return children;
}

// A shell function that prints, for each case of its first argument, some lines.
class LineTable {
 public:
  void add(const std::string& pattern, const std::string& lines) {
    if (lines.empty()) return;
    cases_ += "    '" + pattern + "')\n      cat <<'END'\n" + lines + "END\n      ;;\n";
  }
  std::string function(const std::string& name, const std::string& comment) const {
    return "# " + comment + "\n" + name + "() {\n  case $1 in\n" + cases_ + "  esac\n}\n\n";
  }

 private:
  std::string cases_;
};

std::string kind_text(const CompletionArgument& argument) {
  switch (argument.kind) {
    case ArgumentKind::kFlag:
      return "";
    case ArgumentKind::kWords:
      return joined(argument.words);
    case ArgumentKind::kFile:
      return "@file";
    case ArgumentKind::kScenario:
      return "@scenario";
    case ArgumentKind::kSetting:
      return "@setting";
    case ArgumentKind::kOther:
      return "@other";
  }
  return "";
}

// What bash and zsh share: the command line as functions, and a walk along its words.
std::string tables(const CommandLine& line) {
  LineTable children;
  LineTable options;
  LineTable takes;
  for (const CompletionCommand& command : line.commands) {
    std::string lines;
    for (const CompletionCommand* child : children_of(command.path, line)) {
      lines += last_word(child->path) + "\t" + child->help + "\n";
    }
    children.add(command.path, lines);
    lines.clear();
    for (const CompletionArgument& option : command.options) {
      for (const std::string& name : option.names) {
        lines += name + "\t" + option.help + "\n";
        const std::string kind = kind_text(option);
        if (!kind.empty()) takes.add(command.path + ":" + name, kind + "\n");
      }
    }
    options.add(command.path, lines);
    if (!command.positionals.empty()) {
      takes.add(command.path + ":", kind_text(command.positionals.front()) + "\n");
    }
  }
  LineTable settings;
  std::string keys;
  for (const CompletionSetting& setting : line.settings) {
    keys += setting.key + "=\n";
    if (!setting.words.empty()) settings.add(setting.key, joined(setting.words) + "\n");
  }
  LineTable all_keys;
  all_keys.add("", keys);
  return children.function("_acceptlab_commands", "PATH: the commands below it, and their help") +
         options.function("_acceptlab_options", "PATH: its options, and their help") +
         takes.function("_acceptlab_takes",
                        "PATH:OPTION, or PATH: for an argument: words, or a @kind of value") +
         all_keys.function("_acceptlab_keys", "'': what --set takes") +
         settings.function("_acceptlab_key_words", "KEY: the words that it may be");
}

constexpr const char* kWalk =
    R"SHELL(# WORD...: what they lead to: acceptlab_path, and what the option at their end takes.
_acceptlab_walk() {
  local word name rest
  acceptlab_path= acceptlab_takes=
  for word in "$@"; do
    if [[ -n $acceptlab_takes ]]; then
      acceptlab_takes=
    elif [[ $word == -* ]]; then
      acceptlab_takes=$(_acceptlab_takes "${acceptlab_path}:$word")
    else
      while IFS=$'\t' read -r name rest; do
        if [[ $name == "$word" ]]; then
          acceptlab_path=${acceptlab_path:+$acceptlab_path }$word
          break
        fi
      done < <(_acceptlab_commands "$acceptlab_path")
    fi
  done
}

)SHELL";

constexpr const char* kBash =
    R"SHELL(_acceptlab_reply() { # WORD CANDIDATES: those that begin with the word
  local candidate
  while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done < <(compgen -W "$2" -- "$1")
}

_acceptlab_files() { # WORD PATTERN: files of that name, and folders to look in
  local file
  while IFS= read -r file; do
    COMPREPLY+=("$file")
  done < <(compgen -f -X "!$2" -- "$1" || :; [[ $2 == '*' ]] || compgen -d -- "$1")
  compopt -o filenames 2>/dev/null || :
}

_acceptlab_value() { # WORD KIND
  case $2 in
    @file) _acceptlab_files "$1" '*' ;;
    @scenario) _acceptlab_files "$1" '*.toml' ;;
    @setting)
      if [[ $1 == *=* ]]; then
        _acceptlab_reply "${1#*=}" "$(_acceptlab_key_words "${1%%=*}")"
      else
        _acceptlab_reply "$1" "$(_acceptlab_keys '')"
        compopt -o nospace 2>/dev/null || :
      fi
      ;;
    @other | '') ;;
    *) _acceptlab_reply "$1" "$2" ;;
  esac
}

_acceptlab() {
  # COMP_WORDS are split at '=', too: KEY=VALUE must stay one word.
  local line=${COMP_LINE:0:COMP_POINT} words current commands acceptlab_path acceptlab_takes
  COMPREPLY=()
  read -ra words <<<"$line"
  if [[ $line == *[[:space:]] ]]; then words+=(''); fi
  current=${words[${#words[@]} - 1]}
  _acceptlab_walk "${words[@]:1:${#words[@]} - 2}"
  if [[ -n $acceptlab_takes ]]; then
    _acceptlab_value "$current" "$acceptlab_takes"
  elif [[ $current == --*=* ]]; then
    _acceptlab_value "${current#*=}" "$(_acceptlab_takes "${acceptlab_path}:${current%%=*}")"
  elif [[ $current == -* ]]; then
    _acceptlab_reply "$current" "$(_acceptlab_options "$acceptlab_path" | cut -f 1)"
  else
    commands=$(_acceptlab_commands "$acceptlab_path" | cut -f 1)
    if [[ -n $commands ]]; then
      _acceptlab_reply "$current" "$commands"
    else
      _acceptlab_value "$current" "$(_acceptlab_takes "${acceptlab_path}:")"
    fi
  fi
  # Where bash does not split at '=', it replaces the whole word.
  if [[ ${COMP_WORDBREAKS-=} != *=* && $current == *=* ]]; then
    COMPREPLY=("${COMPREPLY[@]/#/${current%"${current##*=}"}}")
  fi
}

complete -F _acceptlab acceptlab
)SHELL";

constexpr const char* kZsh = R"SHELL(_acceptlab_describe() { # TITLE LINES: word, tab, help
  local -a lines=("${(@f)2}")
  lines=("${(@)lines/$'\t'/:}")
  _describe "$1" lines
}

_acceptlab_value() { # KIND
  local current=$PREFIX
  case $1 in
    (@file) _files ;;
    (@scenario) _files -g '*.toml' ;;
    (@setting)
      if [[ $current == *=* ]]; then
        compset -P '*='
        compadd -- ${=$(_acceptlab_key_words "${current%%=*}")}
      else
        compadd -S '' -- ${(f)"$(_acceptlab_keys '')"}
      fi
      ;;
    (@other|'') ;;
    (*) compadd -- ${=1} ;;
  esac
}

_acceptlab() {
  local acceptlab_path acceptlab_takes commands
  _acceptlab_walk "${(@)words[2,CURRENT-1]}"
  if [[ -n $acceptlab_takes ]]; then
    _acceptlab_value "$acceptlab_takes"
  elif [[ $PREFIX == -* ]]; then
    _acceptlab_describe option "$(_acceptlab_options "$acceptlab_path")"
  else
    commands=$(_acceptlab_commands "$acceptlab_path")
    if [[ -n $commands ]]; then
      _acceptlab_describe command "$commands"
    else
      _acceptlab_value "$(_acceptlab_takes "${acceptlab_path}:")"
    fi
  fi
}

if [[ $funcstack[1] == _acceptlab ]]; then _acceptlab "$@"; else compdef _acceptlab acceptlab; fi
)SHELL";

std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_value(const CompletionArgument& argument) {
  switch (argument.kind) {
    case ArgumentKind::kFlag:
      return " -f";
    case ArgumentKind::kWords:
      return " -x -a " + fish_quoted(joined(argument.words));
    case ArgumentKind::kFile:
      return " -r -F";
    case ArgumentKind::kScenario:
      return " -r -f -a '(__fish_complete_suffix .toml)'";
    case ArgumentKind::kSetting:
      return " -x -a '(__acceptlab_settings)'";
    case ArgumentKind::kOther:
      return " -x";
  }
  return "";
}

constexpr const char* kFishAt = R"SHELL(
# PATH: true where the words so far lead to it.
function __acceptlab_at --argument-names wanted
    set -l at ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$at $word")
        contains -- $next $__acceptlab_paths; and set at $next
    end
    test "$at" = "$wanted"
end

)SHELL";

std::string fish_options(const CompletionCommand& command, const std::string& at) {
  std::string text;
  for (const CompletionArgument& option : command.options) {
    text += at;
    for (const std::string& name : option.names) {
      const bool is_long = name.rfind("--", 0) == 0;
      text += (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1);
    }
    text += fish_value(option) + " -d " + fish_quoted(option.help) + "\n";
  }
  return text;
}

std::string fish_settings(const CommandLine& line) {
  std::string text = "function __acceptlab_settings\n    printf '%s\\n'";
  for (const CompletionSetting& setting : line.settings) {
    if (setting.words.empty()) text += " \\\n        " + fish_quoted(setting.key + "=");
    for (const std::string& word : setting.words) {
      text += " \\\n        " + fish_quoted(setting.key + "=" + word);
    }
  }
  return text + "\nend\n";
}

}  // namespace

std::string bash_completion(const CommandLine& line) {
  return "# Completes acceptlab in bash: source <(acceptlab completion bash)\n\n" + tables(line) +
         kWalk + kBash;
}

std::string zsh_completion(const CommandLine& line) {
  return "#compdef acceptlab\n# Completes acceptlab in zsh: source <(acceptlab completion "
         "zsh)\n\n" +
         tables(line) + kWalk + kZsh;
}

std::string fish_completion(const CommandLine& line) {
  std::string text =
      "# Completes acceptlab in fish: acceptlab completion fish | source\n\nset -g "
      "__acceptlab_paths";
  for (const CompletionCommand& command : line.commands) {
    if (!command.path.empty()) text += " " + fish_quoted(command.path);
  }
  text += "\n" + std::string(kFishAt) + fish_settings(line) + "\n";
  for (const CompletionCommand& command : line.commands) {
    const std::string at =
        "complete -c acceptlab -n " + fish_quoted("__acceptlab_at \"" + command.path + "\"");
    const auto children = children_of(command.path, line);
    for (const CompletionCommand* child : children) {
      text += at + " -f -a " + last_word(child->path) + " -d " + fish_quoted(child->help) + "\n";
    }
    text += fish_options(command, at);
    if (!command.positionals.empty()) text += at + fish_value(command.positionals.front()) + "\n";
  }
  return text;
}

}  // namespace acceptlab::app
