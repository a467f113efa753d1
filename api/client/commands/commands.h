// The commands of `ishi`. Each adds itself to the program with its options, its help and an example; when the
// command line names it, it runs and leaves the exit status. To add one: declare it here, name it in main.cpp.
#pragma once

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace ishi::client {

// What a run ends with; scripts rely on the numbers.
enum ExitStatus : int {
  kDone = 0,
  kNotProved = 1,         // verify: the file proves nothing
  kUsage = 2,             // the command line, or a file it names, makes no sense
  kServerRefused = 3,     // refused, unreachable, or an answer that cannot be trusted
  kDoneWithProblems = 4,  // done, but some lines could not be read or were rejected
  kInputUnreadable = 5,
};

void add_filter(CLI::App& app, int& status);
void add_writes(CLI::App& app, int& status);  // notice objection withdrawal … permit document
void add_tasks(CLI::App& app, int& status);   // what is owed to people
void add_status(CLI::App& app, int& status);
void add_policy(CLI::App& app, int& status);  // policy check, policy publish
void add_token(CLI::App& app, int& status);
void add_receipt(CLI::App& app, int& status);
void add_verify(CLI::App& app, int& status);
void add_key(CLI::App& app, int& status);         // key generate, key rotate
void add_completion(CLI::App& app, int& status);  // a script for bash, made from what `app` knows
// A command of another room or program that reads its own arguments, --help among them.
void add_delegated(CLI::App& app, int& status, const char* name, const char* help,
                   int (*run)(std::span<const std::string> arguments));

}  // namespace ishi::client
