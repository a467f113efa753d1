// What the formats speak of: a file is a row of pieces; some of them are items (a claim, a line, a resource), each
// about one person, kept or dropped whole. Bytes are never changed; only identifiers are decoded.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "registry/identifiers/token.h"

namespace ishi::client {

// How an item names its person, as written: UTF-8, blanks around trimmed, nothing else normalised.
struct Identifier {
  enum class Kind : std::uint8_t {
    kFields,  // insurer, symbol, number, branch
    kLine,    // text: 保険者番号:記号:番号:枝番
    kCsv,     // text: "00138016","千－１２","００１２３４５","01"
    kToken,   // token
  };
  Kind kind = Kind::kFields;
  std::string insurer, symbol, number, branch;
  std::string text;
  Token token;
};

// A person inside one file, known by a local reference ("Patient/p1"): the first half of its SHA-256.
using LocalPerson = std::array<std::uint8_t, 16>;

enum class PieceKind : std::uint8_t {
  kHeader,  // of the file or of what follows; names nobody
  kItem,    // one person's; kept or dropped whole
  kTotals,  // sums over the items before it (GO)
  kGlue,    // blank lines, end marks: always copied
};

struct Piece {
  PieceKind kind = PieceKind::kGlue;
  std::string_view bytes;               // valid until the reader is asked again
  std::uint64_t line = 0;               // 1-based, of its first line; of binary tokens: the how manieth
  std::vector<Identifier> identifiers;  // all of them must be usable for the item to be kept
  std::vector<LocalPerson> people;      // empty: decided by its own identifiers; else by what is known of these
  bool names_nobody = false;            // an item without any person (FHIR Organization): kept
  std::string problem;                  // why it cannot be read: stable, snake_case; such an item is withheld
  std::uint64_t claim_records = 0;      // uke: what the claim adds to GO's count …
  std::uint64_t claim_points = 0;       // … and to its points
  std::array<char, 2> record{};         // uke: the record name of a header
};

}  // namespace ishi::client
