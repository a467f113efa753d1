// CSV with any column names (RFC 4180): quoted fields, also with line ends inside; the header row is kept. The columns
// that name the person are found by the names given, else by their usual ones, in UTF-8 or CP932.
#pragma once

#include <memory>

#include "api/client/formats/format.h"

namespace ishi::client {

std::unique_ptr<PieceReader> make_csv_reader(BytesSource& source, Charset charset, CsvColumns columns);

}  // namespace ishi::client
