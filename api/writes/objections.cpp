// Objections (NGMIA 52(1)(vi), 53, 57; LAW.md 3). Anybody may object before the registry has ever heard of them.
// What is not essential never costs a person their objection: unknown fields and small clock errors are remarks.
#include <set>

#include "api/writes/fields.h"
#include "api/writes/line_handler.h"
#include "api/writes/requesters.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kFields[] = {"regimes",     "holders",   "recipients", "categories", "purposes",
                                        "record_from", "record_to", "requester",  "relation",   "accepted_at",
                                        "past_data",   "channel",   "birth_date", "death_date"};

class ObjectionJudge final : public LineHandler {
 public:
  explicit ObjectionJudge(const RequestContext& context) : context_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    Outcome outcome;
    Judged<Scope> scope = scope_fields(line.row, context_.book, EmptyList::kMeansAll);
    if (!scope) return tl::unexpected(scope.error());
    const Judged<Timestamp> accepted_at = accepted_at_field(line.row, context_.now, outcome);
    if (!accepted_at) return tl::unexpected(accepted_at.error());
    const Judged<PastData> past_data = enumerated_field(line.row, "past_data", PastData::kStopOnly, &parse_past_data);
    if (!past_data) return tl::unexpected(past_data.error());
    const Judged<Channel> channel = channel_field(line, context_.principal);
    if (!channel) return tl::unexpected(channel.error());
    Judged<Requester> requester = requester_fields(line, context_.now);
    if (!requester) return tl::unexpected(requester.error());
    const Judged<std::optional<CivilDate>> new_death = read_death(line, *requester, outcome);
    if (!new_death) return tl::unexpected(new_death.error());
    if (*new_death) requester->died_on = *new_death;

    const PolicyBook& book = context_.book;
    if (const auto allowed = check_objection(book, *scope, *requester, *accepted_at); !allowed) {
      return tl::unexpected(refusal_of(allowed.error()));
    }
    const std::optional<CivilDate> reaffirm_on = reaffirm_date(book, *scope, *requester, *accepted_at);
    const std::string relation = requester->kind == RequesterKind::kBereaved ? requester->relation : std::string();
    bodies.emplace_back(Objection{line.subject.token, std::move(*scope), requester->kind, relation, *accepted_at,
                                  *past_data, *channel, reaffirm_on});
    if (*new_death && deaths_in_this_request_.insert(line.subject.token).second) {
      bodies.emplace_back(DeathRecorded{line.subject.token, **new_death});
    }
    return outcome;
  }

 private:
  // The bereaved may bring the news of the death with their request.
  Judged<std::optional<CivilDate>> read_death(const Line& line, const Requester& requester, Outcome& outcome) const {
    const Judged<std::optional<CivilDate>> given = date_field(line.row, "death_date");
    if (!given || !*given) return given;
    if (**given > jst_date(context_.now)) return refuse(LineCode::kDateInFuture, "death_date");
    if (requester.kind != RequesterKind::kBereaved) {
      outcome.remark(LineCode::kFieldIgnored);
      return std::optional<CivilDate>();
    }
    if (!requester.died_on) return given;
    if (*requester.died_on != **given) outcome.remark(LineCode::kDeathDateDiffers);
    return std::optional<CivilDate>();
  }

  RequestContext context_;
  std::set<Token> deaths_in_this_request_;
};

}  // namespace

constinit const WriteKind kObjections = {
    .name = "objections",
    .fields = kFields,
    // An objection must be found by every written form of the identifier, whatever was known of the person before.
    .identity_always = true,
    .ignores_unknown_fields = true,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<ObjectionJudge>(context);
    },
};

}  // namespace ishi::api
