// What a receipt or a checkpoint proves, in plain words, Japanese or English. Tokens appear only as a fingerprint (the
// first 16 hex digits of their SHA-256): enough to compare, not enough to ask with. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/client/evidence/proved_run.h"
#include "registry/notes/receipt.h"
#include "registry/notes/witness_policy.h"

namespace ishi::client {

enum class Words : std::uint8_t { kEnglish, kJapanese };
// By the value of LC_ALL, LC_MESSAGES or LANG: "ja_JP.UTF-8".
Words words_of_locale(std::string_view locale);

std::string describe(const OpenedReceipt& receipt, Words words);  // of anything but a filter run
std::string describe(const ProvedRun& run, Words words);
std::string describe(const TrustedCheckpoint& trusted, Words words);
// Why a file proves nothing.
std::string describe(const Error& error, Words words);

}  // namespace ishi::client
