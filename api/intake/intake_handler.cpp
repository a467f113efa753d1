#include "api/intake/intake_handler.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "api/auth/permissions.h"
#include "api/messages/problem.h"
#include "registry/intake/reconcile.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

using Json = nlohmann::ordered_json;
using Records = std::map<std::string, IntakeRecord>;
constexpr std::chrono::seconds kKept{10};
constexpr std::chrono::seconds kFreshnessWait{2};

Result<View> strict_view(const StatusSource& status) {
  Freshness strict;
  strict.deadline = std::chrono::steady_clock::now() + kFreshnessWait;
  return status.view(strict);
}

// Which sources somebody may look at: their own and their house's, or all for those who watch over them.
class Sight {
 public:
  Sight(const Principal& who, const PolicyBook& book) : who_(who), book_(book) {}

  bool sees(const std::string& source) const {
    if (who_.role == Role::kRegistryOps || who_.role == Role::kAuditorMinister || who_.role == Role::kAuditorPpc)
      return true;
    const std::string caller = source.substr(0, source.find('/'));
    if (caller == who_.id) return who_.role != Role::kAuditorGovernor;
    const auto found = book_.callers.find(caller);
    return found != book_.callers.end() &&
           (who_.role == Role::kAuditorGovernor ? in_prefecture(found->second) : same_house(found->second));
  }

 private:
  bool in_prefecture(const Caller& caller) const {
    if (who_.prefecture.empty()) return false;
    if (caller.prefecture == who_.prefecture) return true;
    const auto found = book_.institutions.find(book_.current_institution(caller.holder));
    return found != book_.institutions.end() && found->second.prefecture == who_.prefecture;
  }
  bool same_house(const Caller& caller) const {
    if (!who_.holder.empty() && !caller.holder.empty())
      return book_.current_institution(who_.holder) == book_.current_institution(caller.holder);
    if (!who_.recipient.empty() && !caller.recipient.empty())
      return book_.current_operator(who_.recipient) == book_.current_operator(caller.recipient);
    return false;
  }

  const Principal& who_;
  const PolicyBook& book_;
};

Json quiet_as_json(const std::vector<QuietKind>& quiet) {
  Json list = Json::array();
  for (const QuietKind& kind : quiet)
    list.push_back({{"kind", kind.kind},
                    {"since", to_iso(kind.since)},
                    {"days", kind.days},
                    {"expected", std::round(kind.expected * 10) / 10},
                    {"too_many", kind.too_many}});
  return list;
}

Json disagreements_as_json(const std::vector<Disagreement>& disagreements) {
  Json list = Json::array();
  for (const Disagreement& one : disagreements) {
    Json json{{"kind", one.kind}};
    if (one.sequence > 0) json["sequence"] = one.sequence;
    json.update({{"announced", one.announced},
                 {"arrived", one.arrived},
                 {"times", one.times},
                 {"first_at", to_iso(one.first_at)},
                 {"last_at", to_iso(one.last_at)}});
    list.push_back(std::move(json));
  }
  return list;
}

Json days_as_json(const IntakeRecord& record) {
  Json list = Json::array();
  for (const auto& [kind, delivered] : record.kinds)
    for (const auto& [day, tally] : delivered.days)
      list.push_back({{"day", to_iso(day)},
                      {"kind", kind},
                      {"batches", tally.batches},
                      {"accepted", tally.accepted},
                      {"rejected", tally.rejected},
                      {"repeated", tally.repeated},
                      {"duplicates", tally.duplicates},
                      {"refused", tally.refused},
                      {"disagreements", tally.disagreements}});
  return list;
}

Json as_json(const SourceJudgement& judged, const IntakeRecord* record, bool with_days) {
  Json json{{"source", judged.source}, {"declared", judged.declared.has_value()}};
  if (judged.declared) {
    json["kind"] = name_of(judged.declared->kind);
    json["rhythm"] = name_of(judged.declared->rhythm);
  }
  json["troubles"] = Json::array();
  for (const IntakeTrouble trouble : judged.troubles) json["troubles"].push_back(name_of(trouble));
  if (judged.last_day) json["last_day"] = to_iso(*judged.last_day);
  if (judged.due) json["due"] = to_iso(*judged.due);
  json["missed"] = judged.missed;
  json["zero_volume_days"] = judged.zero_volume_days();
  json["quiet"] = quiet_as_json(judged.quiet);
  json["missing_numbers"] = judged.missing_numbers;
  json["gaps"] = Json::array();
  if (record != nullptr && record->numbered) {
    json["highest_sequence"] = record->numbered->highest_sequence;
    for (const auto& [from, to] : record->numbered->gaps) json["gaps"].push_back({{"from", from}, {"to", to}});
  }
  json["disagreements"] = disagreements_as_json(judged.disagreements);
  if (with_days) json["days"] = record != nullptr ? days_as_json(*record) : Json::array();
  return json;
}

void sum_up(IntakeHandler::Stats& stats, const SourceJudgement& judged) {
  const auto has = [&judged](IntakeTrouble trouble) {
    return std::find(judged.troubles.begin(), judged.troubles.end(), trouble) != judged.troubles.end() ? 1U : 0U;
  };
  stats.sources += 1;
  stats.undeclared += judged.declared ? 0 : 1;
  stats.attention += judged.troubles.empty() ? 0 : 1;
  stats.late += has(IntakeTrouble::kLate);
  stats.silent += has(IntakeTrouble::kSilent);
  stats.quiet += has(IntakeTrouble::kQuiet);
}

}  // namespace

Response IntakeHandler::handle(const Request& request, const Principal& who) const {
  const std::string_view attention = request.query_value("attention");
  const std::string_view source = request.query_value("source");
  if (!attention.empty() && attention != "true" && attention != "false") {
    return problem_response(Error{ErrorKind::kInvalidArgument, "invalid_parameter", "attention is true or false."},
                            request);
  }
  const Result<View> view = who.view ? Result<View>(*who.view) : strict_view(status_);
  if (!view) return problem_response(view.error(), request);
  const Timestamp now = clock_.now();
  const auto records = books_.intake(jst_date(now));
  if (!records) return problem_response(records.error(), request);

  const Sight sight(who, *view->book);
  Json list = Json::array();
  std::uint64_t sources = 0, troubled = 0;
  for (const SourceJudgement& judged : reconcile(*view->book, *records, now)) {
    if (!sight.sees(judged.source) || (!source.empty() && judged.source != source)) continue;
    ++sources;
    troubled += judged.troubles.empty() ? 0 : 1;
    if (attention == "true" && judged.troubles.empty()) continue;
    const auto record = records->find(judged.source);
    list.push_back(as_json(judged, record != records->end() ? &record->second : nullptr, !source.empty()));
  }
  const Json json{{"as_of", to_iso(now)},
                  {"position", view->position.events()},
                  {"sources_count", sources},
                  {"attention_count", troubled},
                  {"sources", std::move(list)}};
  return {200, "application/json", {{"Cache-Control", "no-store"}}, json.dump() + "\n"};
}

IntakeHandler::Stats IntakeHandler::stats() const {
  const MutexLock lock(mutex_);
  const auto asked_at = std::chrono::steady_clock::now();
  if (kept_ && asked_at - kept_at_ < kKept) return *kept_;
  Stats stats;
  const Result<View> view = strict_view(status_);
  const Timestamp now = clock_.now();
  const auto records = view ? books_.intake(jst_date(now)) : Result<Records>(fail(view.error()));
  stats.readable = records.has_value();
  std::vector<SourceJudgement> troubled;
  if (records) {
    for (SourceJudgement& judged : reconcile(*view->book, *records, now)) {
      sum_up(stats, judged);
      if (!judged.troubles.empty()) troubled.push_back(std::move(judged));
    }
  }
  std::stable_sort(troubled.begin(), troubled.end(),
                   [](const auto& a, const auto& b) { return a.troubles.size() > b.troubles.size(); });
  for (const SourceJudgement& judged : troubled) {
    if (stats.troubled.size() < kTroubledMax) {
      stats.troubled.push_back({judged.source});
    } else if (stats.troubled.size() == kTroubledMax) {
      stats.troubled.push_back({"(others)"});
    }
    SourceFigures& one = stats.troubled.back();
    one.missing_numbers += judged.missing_numbers;
    one.zero_volume_days += judged.zero_volume_days();
    one.missed += judged.missed;
    one.disagreements += judged.disagreements.size();
  }
  kept_ = stats;
  kept_at_ = asked_at;
  return stats;
}

}  // namespace ishi::api
