// A checkpoint (C2SP tlog-checkpoint): "the log of this name has so many entries, and this is the root of its tree".
// Three lines and what the log adds, signed as a note. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/merkle/sha256.h"
#include "registry/notes/note.h"
#include "registry/result.h"

namespace ishi {

// How the line begins that says who answers for the log: "controller FUND (STATE)".
inline constexpr std::string_view kControllerLine = "controller ";

struct Checkpoint {
  std::string origin;  // the log's name: "registry.example/log"
  std::uint64_t size = 0;
  Digest root{};
  std::vector<std::string> extensions;  // further lines; Ishi writes one, kControllerLine
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// May a log be called so? Not empty, one line of note text.
bool is_origin(std::string_view origin);

// The text to be signed. REQUIRES: is_origin(origin), size <= kTreeSizeMax, extensions are not empty lines.
std::string format_checkpoint(const Checkpoint& checkpoint);
// Errors: kInvalidArgument "checkpoint_format". Takes exactly what format_checkpoint writes.
Result<Checkpoint> parse_checkpoint(std::string_view text);

// A signed checkpoint, believed: at least one of `keys` that bears the name of its origin signed it, and no
// signature in the name of one is false. Errors: those of parse_checkpoint and verify_note.
Result<Checkpoint> open_checkpoint(const SignedNote& note, std::span<const VerifierKey> keys);

}  // namespace ishi
