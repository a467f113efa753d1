// Claims files. Reader: a claim is RE up to the next RE, header record (UK, IR, YK, HI, HM) or GO. Writer: a header is
// written before the first kept claim under it, so one IR for the file and one IR for each claim both come out right;
// if nothing is kept, the headers of the first claim remain. Headers that have no claims in the input stay. GO is
// written anew only where a claim before it was withheld; a value that was missing stays missing.
#pragma once

#include <memory>

#include "api/client/formats/format.h"

namespace ishi::client {

std::unique_ptr<PieceReader> make_uke_reader(BytesSource& source, Charset charset);
std::unique_ptr<PieceWriter> make_uke_writer(PieceSink sink);

}  // namespace ishi::client
