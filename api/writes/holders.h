// The `holder` field and what institutions may do with letters and campaigns: shared by notices and visits.
// Not thread-safe: lives for one request.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/writes/line_handler.h"

namespace ishi::api {

class HolderField {
 public:
  explicit HolderField(const RequestContext& context) : context_(context) {}
  // The row's holder: in the book, and one for which the principal may act. Remembers the last one, because a file
  // names the same holder on every line.
  Judged<std::string_view> read(const Row& row);

 private:
  RequestContext context_;
  std::string last_;
  std::optional<Refusal> last_refusal_;
};

bool same_institution(const PolicyBook& book, std::string_view one, std::string_view other);  // successions followed
// Does the campaign use as many methods as a composite notice needs (LAW.md 2.5)?
bool tells_enough(const PolicyBook& book, const Campaign& campaign);
// Why this letter cannot have been used by that holder for that regime on that day; nullopt if it can.
std::optional<LineCode> template_refusal(const PolicyBook& book, std::string_view template_id, std::string_view holder,
                                         std::string_view regime, CivilDate date);

}  // namespace ishi::api
