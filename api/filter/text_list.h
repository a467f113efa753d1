// The text/plain form of a filter request: one person a line. Read in pieces that begin at line ends, on as many
// threads as there are, and put together in order: what comes out does not depend on where the cuts fell.
#pragma once

#include "api/filter/people_list.h"

namespace ishi::api {

constexpr std::size_t kTextPieceBytes = 256 * 1024;

PeopleList read_text(std::string_view body, const Tokenizer& tokenizer, const ParallelFor& share,
                     std::size_t piece_bytes = kTextPieceBytes);

}  // namespace ishi::api
