#include "api/witness/witness_protocol.h"

#include <algorithm>

#include "registry/notes/note_text.h"

namespace ishi::api {
namespace {

constexpr std::string_view kOld = "old ";

tl::unexpected<Error> malformed(const char* detail) {
  return fail(ErrorKind::kInvalidArgument, "add_checkpoint_format", detail);
}

}  // namespace

std::string format_add_checkpoint(const AddCheckpoint& request) {
  std::string body = std::string(kOld) + std::to_string(request.old_size) + "\n";
  for (const Digest& hash : request.proof) body += to_base64(hash) + "\n";
  return body + "\n" + format_note(request.checkpoint);
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view body) {
  AddCheckpoint request;
  const auto first = take_line(body);
  if (!first || !first->starts_with(kOld)) return malformed("the first line is: old, blank, size");
  const auto size = parse_decimal(first->substr(kOld.size()));
  if (!size) return malformed("the old size is not a number");
  request.old_size = *size;
  auto line = take_line(body);
  for (; line && !line->empty(); line = take_line(body)) {
    const auto hash = from_base64(*line);
    if (!hash || hash->size() != sizeof(Digest) || request.proof.size() == kConsistencyHashesMax) {
      return malformed("a proof is at most 63 hashes in base64, one a line");
    }
    std::copy(hash->begin(), hash->end(), request.proof.emplace_back().begin());
  }
  if (!line) return malformed("an empty line and the checkpoint are missing");
  auto checkpoint = parse_note(body);
  if (!checkpoint) return fail(checkpoint.error());
  request.checkpoint = *std::move(checkpoint);
  return request;
}

std::string origin_id(std::string_view origin) {
  return to_hex(sha256(as_bytes(origin)));
}

}  // namespace ishi::api
