// One item a line: insurance identifiers (保険者番号:記号:番号:枝番, or the FHIR CSV form) or tokens (32 hex digits);
// and binary tokens, 16 bytes each, back to back. Blank lines are copied.
#pragma once

#include <memory>

#include "api/client/formats/format.h"

namespace ishi::client {

std::unique_ptr<PieceReader> make_ids_reader(BytesSource& source, Charset charset);
std::unique_ptr<PieceReader> make_tokens_reader(BytesSource& source);
std::unique_ptr<PieceReader> make_binary_tokens_reader(BytesSource& source);
// Copies headers, glue and kept items as they are: the writer of every format but uke.
std::unique_ptr<PieceWriter> make_copying_writer(PieceSink sink);

}  // namespace ishi::client
