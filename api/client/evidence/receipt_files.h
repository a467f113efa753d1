// Receipts as files: one is a proof file (.tlog-proof); several stand one behind the other in one file, in the order in
// which they were given. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_client/http_client.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi::client {

constexpr std::size_t kReceiptFileBytesMax = std::size_t{64} << 20;
constexpr std::size_t kReceiptsMax = 10'000;  // of one file

bool begins_as_receipt(std::string_view text);
// Where one begins the one before ends. REQUIRES: begins_as_receipt(text).
std::vector<std::string_view> split_receipts(std::string_view text);

// GET /v1/receipts/{index}. Waits for the checkpoint that covers it: usually a second, at most about twenty. Errors:
// of the server; kCorrupt "answer_broken" (what came is no receipt).
Result<std::string> fetch_receipt(HttpClient& client, const Patience& patience, EventIndex index);

// These receipts in one file, which appears only when whole. Errors: of fetch_receipt, naming the number; kTooLarge
// "too_many_receipts"; kUnavailable output_unwritable.
Result<void> save_receipts(HttpClient& client, const Patience& patience, std::span<const EventIndex> indexes,
                           const std::string& path);

}  // namespace ishi::client
