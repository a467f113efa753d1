// The words of the witness protocol (C2SP tlog-witness): POST <prefix>/add-checkpoint with
//   old <size>
//   <consistency hash>…       at most 63, base64
//   (empty line)
//   <checkpoint>
// Both sides use these. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/merkle/sha256.h"
#include "registry/notes/note.h"
#include "registry/result.h"

namespace ishi::api {

constexpr std::size_t kConsistencyHashesMax = 63;
constexpr char kTreeSizeMediaType[] = "text/x.tlog.size";

struct AddCheckpoint {
  std::uint64_t old_size = 0;
  std::vector<Digest> proof;
  SignedNote checkpoint;
  friend bool operator==(const AddCheckpoint&, const AddCheckpoint&) = default;
};

std::string format_add_checkpoint(const AddCheckpoint& request);
// Errors: kInvalidArgument "add_checkpoint_format" or those of parse_note.
Result<AddCheckpoint> parse_add_checkpoint(std::string_view body);

// Where a monitor finds what was cosigned: hex SHA-256 of the origin.
std::string origin_id(std::string_view origin);

}  // namespace ishi::api
