#include "app/completion_cli.h"

#include <cstdio>
#include <sstream>
#include <utility>
#include <vector>

#include "app/completion.h"
#include "scenarios/field.h"
#include "scenarios/schema.h"

namespace acceptlab::app {

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// "TEXT:{auto,cpu}" or "{auto->0,cpu->1}", as validators describe their words.
std::vector<std::string> words_in(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (close == std::string::npos) return {};
  std::istringstream items(type.substr(open + 1, close - open - 1));
  std::vector<std::string> words;
  for (std::string item; std::getline(items, item, ',');) {
    words.push_back(item.substr(0, item.find("->")));
  }
  return words;
}

ArgumentKind kind_of(const CLI::Option& option, const std::string& type) {
  if (option.get_items_expected_max() == 0) return ArgumentKind::kFlag;
  if (option.get_name(true) == "SCENARIO") return ArgumentKind::kScenario;
  if (contains(type, "KEY=VALUE")) return ArgumentKind::kSetting;
  const bool file = contains(type, "TEXT") || contains(type, "FILE") || contains(type, "FOLDER");
  return file ? ArgumentKind::kFile : ArgumentKind::kOther;
}

CompletionArgument argument_of(const CLI::Option& option) {
  CompletionArgument argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  argument.help = first_line(option.get_description());
  const std::string type = option.get_type_name();
  argument.words = words_in(type);
  argument.kind = argument.words.empty() ? kind_of(option, type) : ArgumentKind::kWords;
  return argument;
}

// Groups of options are commands without a name.
void add_arguments(const CLI::App& command, CompletionCommand& described) {
  const bool is_group = command.get_name().empty() && command.get_parent() != nullptr;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;                   // hidden
    if (is_group && option == command.get_help_ptr()) continue;  // that of its command
    std::vector<CompletionArgument>& arguments =
        option->nonpositional() ? described.options : described.positionals;
    arguments.push_back(argument_of(*option));
  }
  for (const CLI::App* group : command.get_subcommands({})) {
    if (group->get_name().empty()) add_arguments(*group, described);
  }
}

void add_command(const CLI::App& command, const std::string& path, CommandLine& line) {
  CompletionCommand described{path, first_line(command.get_description()), {}, {}};
  add_arguments(command, described);
  line.commands.push_back(std::move(described));
  for (const CLI::App* child : command.get_subcommands({})) {
    if (child->get_name().empty()) continue;
    add_command(*child, (path.empty() ? "" : path + " ") + child->get_name(), line);
  }
}

// Keys of listed links are left out: which links there are is for the file to say.
void add_settings(CommandLine& line) {
  scenarios::Scenario defaults = scenarios::one_of_each();
  for (const scenarios::Key& key : scenarios::schema()) {
    if (contains(key.path, "network.links[]")) continue;
    line.settings.push_back(
        {key.path_at(0), scenarios::words_of(key.field(defaults, 0), key.allowed)});
  }
}

int print_completion(const CLI::App& app, const std::string& shell) {
  CommandLine line;
  add_command(app, "", line);
  add_settings(line);
  std::string script = fish_completion(line);
  if (shell == "bash") script = bash_completion(line);
  if (shell == "zsh") script = zsh_completion(line);
  std::fputs(script.c_str(), stdout);
  return 0;
}

}  // namespace

void add_completion(CLI::App& app, std::string& shell, std::function<int()>& action) {
  CLI::App* command =
      app.add_subcommand("completion", "print a script with which a shell completes this command");
  command->add_option("SHELL", shell, "the shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "bash: source <(acceptlab completion bash)     in ~/.bashrc\n"
      "zsh:  source <(acceptlab completion zsh)      in ~/.zshrc, behind compinit\n"
      "fish: acceptlab completion fish | source      in ~/.config/fish/config.fish");
  command->callback([&] { action = [&] { return print_completion(app, shell); }; });
}

}  // namespace acceptlab::app
