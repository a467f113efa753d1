#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/text/bytes_source.h"
#include "api/client/text/charset.h"
#include "api/client/text/line_reader.h"
#include "registry/identifiers/tokenizer.h"

namespace ishi::client {
namespace {

constexpr std::size_t kKeyFileBytesMax = 1024;

struct TokenFlags {
  std::string key_file, key_id, id, in;
};

Result<Tokenizer> tokenizer_of(const TokenFlags& flags) {
  const auto text = read_small_file(flags.key_file, kKeyFileBytesMax);
  if (!text) return fail(text.error());
  const auto key = from_hex(trimmed(*text));
  if (!key) return fail(ErrorKind::kInvalidArgument, "usage", "--key-file: the file must hold the key in hex digits");
  return Tokenizer::create(flags.key_id, *key);
}

// Prints a token, or "-" and why on stderr, so that lines stay aligned with the input.
bool print_token(const Tokenizer& tokenizer, std::string_view line, std::uint64_t number) {
  const auto id = line.starts_with('"') ? parse_insurance_csv(line) : parse_insurance_line(line);
  if (!id) {
    std::printf("-\n");
    std::fprintf(stderr, "ishi: line %llu: %s\n", static_cast<unsigned long long>(number), id.error().code.c_str());
    return false;
  }
  std::printf("%s\n", tokenizer.exact(*id).reveal_hex().c_str());
  return true;
}

int run_token(const TokenFlags& flags) {
  if (flags.id.empty() == flags.in.empty()) {
    return complain(Error{ErrorKind::kInvalidArgument, "usage", "say --id or --in"});
  }
  const auto tokenizer = tokenizer_of(flags);
  if (!tokenizer) {
    complain(tokenizer.error());
    return kUsage;
  }
  if (!flags.id.empty()) return print_token(*tokenizer, flags.id, 1) ? kDone : kDoneWithProblems;
  auto source = open_file(flags.in);
  if (!source) return complain(source.error());
  LineReader lines(**source, kLineBytesMax);
  bool all_well = true;
  for (;;) {
    const auto line = lines.next();
    if (!line) return complain(line.error());
    if (!*line) break;
    if (trimmed(**line).empty()) continue;
    all_well = print_token(*tokenizer, trimmed(**line), lines.line()) && all_well;
  }
  return all_well ? kDone : kDoneWithProblems;
}

}  // namespace

void add_token(CLI::App& app, int& status) {
  auto flags = std::make_shared<TokenFlags>();
  CLI::App* const command =
      app.add_subcommand("token", "tokens of insurance identifiers, made here with a registry key");
  command->footer("Example:\n  ishi token --key-file .ishi/token.key --key-id demo --id 01130012:21700023:1:00");
  add_file_option(*command, "--key-file", flags->key_file, "the registry key, hex digits")->required();
  command->add_option("--key-id", flags->key_id, "its id")->required();
  command->add_option("--id", flags->id, "保険者番号:記号:番号:枝番");
  add_file_option(*command, "--in", flags->in, "file with one identifier a line (UTF-8)");
  command->callback([flags, &status] { status = run_token(*flags); });
}

}  // namespace ishi::client
