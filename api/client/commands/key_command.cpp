#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/host/key_file.h"
#include "registry/notes/note_text.h"

namespace ishi::client {
namespace {

struct KeyFlags {
  std::string name, file;
  bool witness = false;
};

int show(const Result<VerifierKey>& key) {
  if (!key) {
    complain(key.error());
    return kUsage;
  }
  std::printf("%s\n", key->format().c_str());
  return kDone;
}

int generate(const KeyFlags& flags) {
  if (!is_key_name(flags.name)) {
    complain(Error{ErrorKind::kInvalidArgument, "usage",
                   "--name: a name without blanks and plus signs, like registry.example/log"});
    return kUsage;
  }
  return show(api::create_key_file(flags.file, flags.name,
                                   flags.witness ? NoteKeyType::kCosignature : NoteKeyType::kSignature));
}

}  // namespace

void add_key(CLI::App& app, int& status) {
  CLI::App* const command = app.add_subcommand("key", "keys that sign the log, or a witness's");
  command->require_subcommand(1);
  command->footer("Example:\n  ishi key generate --name registry.example/log --out log.key > log.vkey");
  const auto flags = std::make_shared<KeyFlags>();
  CLI::App* const make = command->add_subcommand("generate", "make a key file; prints the public key");
  make->add_option("--name", flags->name, "the log's origin, or the witness's name")->required();
  add_file_option(*make, "--out", flags->file, "file to make; readable by you alone")->required();
  make->add_flag("--witness", flags->witness, "a key that cosigns, for ishi witness");
  make->footer("Example:\n  ishi key generate --name registry.example/log --out log.key > log.vkey");
  make->callback([flags, &status] { status = generate(*flags); });
  CLI::App* const rotate = command->add_subcommand("rotate", "a new key signs from the next start on; prints it");
  add_file_option(*rotate, "FILE", flags->file, "the key file")->required();
  rotate->footer("Example, after that of ishi key generate:\n  ishi key rotate log.key");
  rotate->callback([flags, &status] { status = show(api::rotate_key_file(flags->file)); });
}

}  // namespace ishi::client
