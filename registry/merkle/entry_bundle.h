// Entry bundles (C2SP tlog-tiles): the contents of the leaves of one level-0 tile, each behind its length as a
// big-endian u16. Ishi's leaf content is the 32-byte commitment (leaf.h), never the event. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/merkle/sha256.h"
#include "registry/result.h"

namespace ishi {

// REQUIRES: 1..256 of them.
std::string format_entry_bundle(std::span<const Digest> commitments);
// Errors: kInvalidArgument "entry_bundle_format" (anything but 1..256 entries of 32 bytes).
Result<std::vector<Digest>> parse_entry_bundle(std::string_view bytes);

}  // namespace ishi
