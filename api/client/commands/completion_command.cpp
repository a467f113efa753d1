#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "api/client/commands/commands.h"

namespace ishi::client {
namespace {

// What completion knows of one command: "ishi filter" or "ishi policy check".
struct Command {
  std::string path, words, files, values;
  bool delegated = false, takes_files = false;
};

void append(std::string& list, const std::string& word) {
  (list += list.empty() ? "" : " ") += word;
}
void append_pattern(std::string& list, const std::string& word) {
  (list += list.empty() ? "" : "|") += "'" + word + "'";
}

void describe(const CLI::Option& option, Command& command) {
  const bool file = option.get_type_name() == "FILE";
  if (option.get_positional()) command.takes_files = command.takes_files || file;
  for (const std::string& name : option.get_lnames()) {
    append(command.words, "--" + name);
    if (option.get_expected_max() == 0) continue;  // a flag
    append_pattern(file ? command.files : command.values, command.path + " --" + name);
  }
}

void describe(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  Command command;
  command.path = path;
  command.delegated = app.get_prefix_command();
  const auto children = app.get_subcommands(std::function<bool(const CLI::App*)>());
  for (const CLI::App* child : children) append(command.words, child->get_name());
  for (const CLI::Option* option : app.get_options()) describe(*option, command);
  commands.push_back(std::move(command));
  for (const CLI::App* child : children) describe(*child, path + " " + child->get_name(), commands);
}

// One line of a `case`; nothing where no pattern is.
std::string branch(const std::string& patterns, const std::string& action) {
  return patterns.empty() ? std::string() : "    " + patterns + ") " + action + " ;;\n";
}

// $path is the command as far as it is written, without values and options. A command that is another program's is
// asked for its own --help.
std::string bash_script(const CLI::App& program) {
  const std::string name = program.get_name();
  std::string function = "_" + name;
  std::replace(function.begin(), function.end(), '-', '_');
  std::vector<Command> commands;
  describe(program, name, commands);
  std::string paths, files, values, words, delegated, file_takers;
  for (const Command& command : commands) {
    append_pattern(command.delegated ? delegated : paths, command.path);
    if (command.takes_files) append_pattern(file_takers, command.path);
    if (!command.files.empty()) (files += files.empty() ? "" : "|") += command.files;
    if (!command.values.empty()) (values += values.empty() ? "" : "|") += command.values;
    words += branch("'" + command.path + "'", "words='" + command.words + "'");
  }
  const std::string offer_files =
      "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")";
  return "# Completion of " + name + " for bash, made by: " + name + " completion bash\n" + function + "() {\n" +
         R"(  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words='' path i help
  COMPREPLY=()
  path=)" +
         name + R"(
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path ${COMP_WORDS[i]}" in
)" + branch(paths + (delegated.empty() ? "" : "|" + delegated), "path=\"$path ${COMP_WORDS[i]}\"") +
         R"(      *) break ;;
    esac
  done
  case "$path $previous" in
)" + branch(files, offer_files + "; return") +
         branch(values, "return") + R"(  esac
  case "$path" in
)" + (delegated.empty() ? "" : "    " + delegated + R"()
      while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} =~ ^[a-z]+$ ]]; do i=$((i + 1)); done
      help=$("${COMP_WORDS[@]:0:i}" --help 2>/dev/null) || return 0
      words=$(sed -nE 's/^  ([a-z-]+)  .*/\1/p; s/^ +(-h,)?(--[a-z-]+).*/\2/p' <<<"${help%%Example*}") ;;
)") + words +
         R"(  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  case "$path" in
)" + branch(file_takers, "[[ $current == -* ]] || { " + offer_files + "; }") +
         "  esac\n}\ncomplete -F " + function + " " + name + "\n";
}

}  // namespace

void add_completion(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("completion", "a script that completes commands and options");
  command->require_subcommand(1);
  const std::string example = "Example, for this shell:\n  source <(" + app.get_name() + " completion bash)";
  command->footer(example);
  CLI::App* const bash = command->add_subcommand("bash", "for bash 4 and newer");
  bash->footer(example + "\nFor every shell of yours: write it to ~/.local/share/bash-completion/completions/" +
               app.get_name());
  bash->callback([&app, &status] {
    std::fputs(bash_script(app).c_str(), stdout);
    status = kDone;
  });
}

}  // namespace ishi::client
