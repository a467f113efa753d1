// Files of the client: whatever the format, the pieces put together are the file again, or it is refused whole.
#include <vector>

#include "api/client/formats/format.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

using namespace client;

struct Written {
  std::string bytes;
  PieceSink sink() {
    return [this](std::string_view piece) {
      bytes += piece;
      return Result<void>();
    };
  }
};

const Registration kTarget("client_files", [](std::string_view input) {
  const auto format = static_cast<FileFormat>(take_choice(input, 6));
  const auto charset = take_choice(input, 2) == 0 ? Charset::kUtf8 : Charset::kCp932;
  const auto source = open_memory(input);
  const auto reader = make_reader(*source, {format, charset, {}});
  Written all, none;
  const auto keeps_all = make_writer(format, all.sink()), keeps_none = make_writer(format, none.sink());
  std::string whole;
  for (Piece piece;;) {
    const auto more = reader->next(piece);
    if (!more) return;
    if (!*more) break;
    whole += piece.bytes;
    FUZZ_MUST(piece.kind == PieceKind::kItem || (piece.identifiers.empty() && piece.problem.empty()));
    FUZZ_MUST(keeps_all->write(piece, true).has_value() && keeps_none->write(piece, false).has_value());
  }
  FUZZ_MUST(keeps_all->finish().has_value() && keeps_none->finish().has_value());
  FUZZ_MUST(whole == input && all.bytes == input);
  FUZZ_MUST(none.bytes.size() <= input.size() || format == FileFormat::kUke);  // a smaller sum may be longer: "07" -> 0
});

}  // namespace
}  // namespace ishi::fuzz
