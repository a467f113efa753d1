// Entry bundles (C2SP tlog-tiles): the contents of the leaves of one level-0 tile, each behind its length as a
// big-endian u16. Ishi's leaf content is the 32-byte commitment (leaf.h), never the event. Pure; any thread.
#pragma once

#include <span>
#include <string>

#include "registry/merkle/sha256.h"

namespace ishi {

// REQUIRES: 1..256 of them.
std::string format_entry_bundle(std::span<const Digest> commitments);

}  // namespace ishi
