#include "api/evidence/log_handler.h"

#include <nlohmann/json.hpp>

#include "api/evidence/receipt_handler.h"
#include "api/messages/problem.h"
#include "registry/assert.h"
#include "registry/merkle/entry_bundle.h"
#include "registry/notes/note_text.h"

namespace ishi::api {
namespace {

constexpr char kImmutable[] = "public, max-age=31536000, immutable";
constexpr char kSeconds[] = "public, max-age=2";
constexpr char kText[] = "text/plain; charset=utf-8";

Response response_of(std::string body, const char* type, const char* cache) {
  Response response;
  response.content_type = type;
  response.headers.emplace_back("Cache-Control", cache);
  response.body = std::move(body);
  return response;
}

nlohmann::json base64_of(const std::vector<Digest>& hashes) {
  nlohmann::json list = nlohmann::json::array();
  for (const Digest& hash : hashes) list.push_back(to_base64(hash));
  return list;
}

Result<std::optional<std::uint64_t>> number_in(const Request& request, const char* name) {
  const std::string_view text = request.query_value(name);
  if (text.empty()) return std::nullopt;
  const auto value = parse_decimal(text);
  if (value) return value;
  return fail(ErrorKind::kInvalidArgument, "invalid_parameter",
              std::string(name) + " is a number without sign or leading zeros");
}

Result<std::uint64_t> index_in(const Request& request) {
  const auto position = number_in(request, "position");
  if (!position) return fail(position.error());
  const auto index = number_in(request, "index");
  if (!index) return fail(index.error());
  if (position->has_value() == index->has_value()) {
    return fail(ErrorKind::kInvalidArgument, "missing_parameter",
                "name the event: position= (from 1) or index= (from 0)");
  }
  if (*index) return **index;
  if (**position > 0) return **position - 1;
  return fail(ErrorKind::kInvalidArgument, "invalid_parameter", "position 0 is before the first event");
}

}  // namespace

Result<Signed> LogHandler::latest() const {
  const auto stored = store_.latest();
  if (!stored) return fail(stored.error());
  if (!*stored)
    return fail(ErrorKind::kNotFreshYet, "receipt_not_ready", "no checkpoint was signed yet; try again in a second");
  auto note = parse_note(**stored);
  if (!note) return fail(ErrorKind::kCorrupt, "checkpoint_unreadable", note.error().detail);
  auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint) return fail(ErrorKind::kCorrupt, "checkpoint_unreadable", checkpoint.error().detail);
  for (std::uint64_t known = signed_size_; known < checkpoint->size;) {
    if (signed_size_.compare_exchange_weak(known, checkpoint->size)) break;
  }
  return Signed{*std::move(checkpoint), *std::move(note)};
}

Error LogHandler::not_covered(std::uint64_t size) const {
  const auto head = evidence_.frontier();
  if (!head) return head.error();
  if (size > head->size()) return {ErrorKind::kNotFound, "beyond_the_log", "the log is not that long"};
  return {ErrorKind::kNotFreshYet, "receipt_not_ready", "no signed checkpoint covers that yet; try again in a second"};
}

Response LogHandler::checkpoint(const Request& request) const {
  const auto stored = store_.latest();
  if (!stored) return problem_response(stored.error(), request);
  if (!*stored) {
    return problem_response(Error{ErrorKind::kNotFreshYet, "receipt_not_ready", "no checkpoint was signed yet"},
                            request);
  }
  return response_of(**stored, kText, kSeconds);
}

Response LogHandler::vkey(const Request&) const {
  std::string lines;
  for (const VerifierKey& key : keys_) lines += key.format() + "\n";
  return response_of(std::move(lines), kText, "public, max-age=300");
}

Response LogHandler::tile(const Request& request) const {
  const auto path = request.parameters.find("path");
  ISHI_ASSERT(path != request.parameters.end());
  auto bytes = tile_bytes("tile/" + path->second);
  if (!bytes) return problem_response(bytes.error(), request);
  return response_of(*std::move(bytes), "application/octet-stream", kImmutable);
}

Result<std::string> LogHandler::tile_bytes(std::string_view path) const {
  const auto hashes_wanted = parse_tile_path(path);
  const auto entries_wanted = hashes_wanted ? std::nullopt : parse_entries_path(path);
  if (!hashes_wanted && !entries_wanted) {
    return fail(ErrorKind::kNotFound, "no_such_tile",
                "a tile is /log/tile/<level>/<number in groups of three digits>[.p/<width>]");
  }
  const Tile tile = hashes_wanted ? *hashes_wanted : *entries_wanted;
  const TileCache::Name name{hashes_wanted ? tile.level : TileCache::kEntries, tile.index};
  if (tile.full()) {
    if (const auto kept = tiles_.find(name)) return *kept;
  }
  if (const auto covered = check_covered(tile); !covered) return fail(covered.error());
  auto bytes = hashes_wanted ? hashes_bytes(tile) : entries_bytes(tile);
  if (bytes && tile.full()) tiles_.keep(name, std::make_shared<const std::string>(*bytes));
  return bytes;
}

Result<void> LogHandler::check_covered(const Tile& tile) const {
  if (tile_width(tile.level, tile.index, signed_size_) >= tile.width) return {};
  const auto head = latest();
  if (!head) return fail(head.error());
  if (tile_width(tile.level, tile.index, head->checkpoint.size) >= tile.width) return {};
  return fail(ErrorKind::kNotFound, "no_such_tile", "no signed checkpoint has that tile so wide");
}

Result<std::string> LogHandler::hashes_bytes(const Tile& tile) const {
  const auto hashes = evidence_.read_tiles(std::span(&tile, 1));
  if (!hashes) return fail(hashes.error());
  std::string bytes;
  bytes.reserve(tile.width * sizeof(Digest));
  for (const Digest& hash : hashes->front()) bytes += as_text(hash);
  return bytes;
}

// The commitments, if they are those of the published hashes.
Result<std::string> LogHandler::entries_bytes(const Tile& tile) const {
  const auto leaves = evidence_.read_leaves(EventIndex(tile.index * kTileWidth), tile.width);
  if (!leaves) return fail(leaves.error());
  const auto hashes = evidence_.read_tiles(std::span(&tile, 1));
  if (!hashes) return fail(hashes.error());
  std::vector<Digest> commitments;
  for (const StoredLeaf& leaf : *leaves) {
    const std::size_t at = commitments.size();
    if (at < tile.width && leaf_hash_of(leaf.commitment) == hashes->front()[at]) commitments.push_back(leaf.commitment);
  }
  if (commitments.size() != tile.width) {
    return fail(ErrorKind::kCorrupt, "entries_edited", "stored commitments are not those of the tree");
  }
  return format_entry_bundle(commitments);
}

Response LogHandler::inclusion(const Request& request) const {
  const auto index = index_in(request);
  if (!index) return problem_response(index.error(), request);
  const auto asked = number_in(request, "size");
  if (!asked) return problem_response(asked.error(), request);
  const auto head = latest();
  if (!head) return problem_response(head.error(), request);
  const std::uint64_t size = asked->value_or(head->checkpoint.size);
  if (size > head->checkpoint.size) return problem_response(not_covered(size), request);
  if (*index >= size) {
    const Error error{ErrorKind::kInvalidArgument, "invalid_parameter", "a tree of that size ends before that event"};
    return problem_response(*asked ? error : not_covered(*index + 1), request);
  }
  const auto proof = prove_inclusion(*index, size, TiledHashReader(evidence_, size));
  if (!proof) return problem_response(proof.error(), request);
  const Tile leaf_tile{0, *index / kTileWidth, tile_width(0, *index / kTileWidth, size)};
  const auto leaves = evidence_.read_tiles(std::span(&leaf_tile, 1));
  if (!leaves) return problem_response(leaves.error(), request);
  nlohmann::json answer{{"index", *index},
                        {"position", *index + 1},
                        {"size", size},
                        {"leaf_hash", to_base64(leaves->front()[*index % kTileWidth])},
                        {"hashes", base64_of(*proof)}};
  if (size == head->checkpoint.size) {
    answer["root"] = to_base64(head->checkpoint.root);
    answer["checkpoint"] = format_note(head->note);
  }
  return response_of(answer.dump(), "application/json",
                     *asked && size != head->checkpoint.size ? kImmutable : kSeconds);
}

Response LogHandler::consistency(const Request& request) const {
  const auto from = number_in(request, "from");
  if (!from) return problem_response(from.error(), request);
  const auto to = number_in(request, "to");
  if (!to) return problem_response(to.error(), request);
  if (!*from)
    return problem_response(Error{ErrorKind::kInvalidArgument, "missing_parameter", "name the older size: from="},
                            request);
  const auto head = latest();
  if (!head) return problem_response(head.error(), request);
  const std::uint64_t size = to->value_or(head->checkpoint.size);
  if (size > head->checkpoint.size) return problem_response(not_covered(size), request);
  if (**from > size) {
    const Error error{ErrorKind::kInvalidArgument, "invalid_parameter", "from is larger than to"};
    return problem_response(*to ? error : not_covered(**from), request);
  }
  const auto proof = prove_consistency(**from, size, TiledHashReader(evidence_, size));
  if (!proof) return problem_response(proof.error(), request);
  nlohmann::json answer{{"from", **from}, {"to", size}, {"hashes", base64_of(*proof)}};
  if (size == head->checkpoint.size) {
    answer["root"] = to_base64(head->checkpoint.root);
    answer["checkpoint"] = format_note(head->note);
  }
  return response_of(answer.dump(), "application/json", *to && size != head->checkpoint.size ? kImmutable : kSeconds);
}

void add_log_routes(Router& router, const LogHandler& log, const ReceiptHandler& receipts) {
  const auto add = [&router](const char* pattern, std::vector<std::string> query, Handler handler) {
    Route route;
    route.pattern = pattern;
    route.action = Action::kReadLog;
    route.query = std::move(query);
    route.handler = std::move(handler);
    router.add(std::move(route));
  };
  add("/log/checkpoint", {}, [&log](const Request& request, const Principal&) { return log.checkpoint(request); });
  add("/log/vkey", {}, [&log](const Request& request, const Principal&) { return log.vkey(request); });
  add("/log/tile/{path...}", {}, [&log](const Request& request, const Principal&) { return log.tile(request); });
  add("/v1/proofs/inclusion", {"position", "index", "size"},
      [&log](const Request& request, const Principal&) { return log.inclusion(request); });
  add("/v1/proofs/consistency", {"from", "to"},
      [&log](const Request& request, const Principal&) { return log.consistency(request); });
  add("/v1/receipts/{index}", {},
      [&receipts](const Request& request, const Principal& principal) { return receipts.handle(request, principal); });
}

}  // namespace ishi::api
