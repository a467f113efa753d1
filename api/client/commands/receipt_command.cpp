#include <CLI/CLI.hpp>
#include <memory>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/evidence/receipt_files.h"
#include "registry/notes/note_text.h"

namespace ishi::client {
namespace {

struct ReceiptFlags {
  ServerFlags server;
  std::vector<std::string> numbers;
  std::string out;
};

// "41827", or "41827-41890" for all between.
Result<void> add_numbers(const std::string& text, std::vector<EventIndex>& numbers) {
  const std::size_t hyphen = text.find('-');
  const auto first = parse_decimal(text.substr(0, hyphen));
  const auto last = hyphen == std::string::npos ? first : parse_decimal(text.substr(hyphen + 1));
  if (!first || !last || *first > *last || *last - *first >= kReceiptsMax) {
    return fail(
        ErrorKind::kInvalidArgument, "usage",
        "a receipt number, or two joined by a hyphen with at most " + std::to_string(kReceiptsMax) + " between");
  }
  for (std::uint64_t number = *first; number <= *last; ++number) numbers.emplace_back(number);
  return {};
}

int run_receipt(const ReceiptFlags& flags) {
  std::vector<EventIndex> numbers;
  for (const std::string& text : flags.numbers) {
    if (const auto added = add_numbers(text, numbers); !added) return complain(added.error());
  }
  auto client = connect(flags.server);
  if (!client) return complain(client.error());
  const auto saved = save_receipts(**client, usual_patience(), numbers, flags.out);
  return saved ? kDone : complain(saved.error());
}

}  // namespace

void add_receipt(CLI::App& app, int& status) {
  auto flags = std::make_shared<ReceiptFlags>();
  CLI::App* const command = app.add_subcommand("receipt", "fetch receipts by number into one file");
  command->footer(
      "Example:\n  ishi receipt 41827 --server http://127.0.0.1:18080 --key-file .ishi/registry-ops.key --out "
      "41827.tlog-proof");
  add_server_flags(*command, flags->server);
  command->add_option("NUMBER", flags->numbers, "receipt numbers; 41827-41890 takes all between")->required();
  add_file_option(*command, "--out", flags->out, "output file; appears only when whole")->required();
  command->callback([flags, &status] { status = run_receipt(*flags); });
}

}  // namespace ishi::client
