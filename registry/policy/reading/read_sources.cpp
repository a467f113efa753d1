#include <algorithm>

#include "registry/policy/names.h"
#include "registry/policy/reading/policy_draft.h"

namespace ishi {
namespace {

constexpr std::size_t kFeedBytesMax = 64;  // as in the header Ishi-Source

bool is_feed_name(const std::string& text) {
  return !text.empty() && text.size() <= kFeedBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

void read_rhythm(ExpectedSource& source, TableReader& reader) {
  if (!reader.require("rhythm")) return;
  const std::optional<Rhythm> rhythm = reader.choice("rhythm", parse_rhythm, rhythm_names);
  const std::optional<int> weekday = reader.integer("weekday", 1, 7);
  const std::optional<int> month_day = reader.integer("month_day", 1, 28);
  if (!rhythm) return;
  source.rhythm = *rhythm;
  if (reader.has("weekday") != (*rhythm == Rhythm::kWeekly)) {
    reader.complain("weekday", "goes with WEEKLY and only with it: 1 is Monday, 7 Sunday");
  }
  if (reader.has("month_day") != (*rhythm == Rhythm::kMonthly)) {
    reader.complain("month_day", "goes with MONTHLY and only with it: 1..28");
  }
  source.weekday = weekday.value_or(source.weekday);
  source.month_day = month_day.value_or(source.month_day);
}

void read_source(Draft& draft, TableReader& reader) {
  ExpectedSource source;
  const std::optional<std::string> caller = reader.required_code("caller");
  const std::optional<std::string> feed = reader.text("feed");
  if (feed && !is_feed_name(*feed))
    reader.complain("feed", "must be 1 to 64 visible ASCII characters, as in Ishi-Source");
  if (reader.require("kind")) {
    source.kind = reader.choice("kind", parse_source_kind, source_kind_names).value_or(SourceKind::kOther);
  }
  read_rhythm(source, reader);
  source.due_hour = reader.integer("due_hour", 1, 24).value_or(source.due_hour);
  source.quiet_days_max = reader.integer("quiet_days_max", 1, 366);
  source.valid = reader.range("valid_from", "valid_to", true);
  reader.finish();
  if (!caller) return;
  refers(draft, draft.book.callers, *caller, reader.place_of("caller"), reader.field("caller"), "caller");
  source.caller = *caller;
  source.name = feed ? *caller + "/" + *feed : *caller;
  if (!draft.claim("source", source.name, reader.place(), reader.field("caller"))) return;
  draft.book.sources.emplace(source.name, std::move(source));
}

}  // namespace

void read_sources(Draft& draft) {
  for (const auto& document : draft.documents) {
    for (TableReader& reader : document->root().tables("source", kEntriesMax)) read_source(draft, reader);
  }
}

}  // namespace ishi
