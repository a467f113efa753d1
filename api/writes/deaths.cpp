// Deaths (LAW.md 4.12), reported by insurers and municipalities, and their retraction when it was someone else.
#include "api/writes/fields.h"
#include "api/writes/line_handler.h"

namespace ishi::api {
namespace {

constexpr std::string_view kFields[] = {"date", "retract"};
const CivilDate kEarliest = CivilDate::of(1900, 1, 1);

class DeathJudge final : public LineHandler {
 public:
  explicit DeathJudge(const RequestContext& context) : context_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    const Judged<bool> retract = flag_field(line.row, "retract");
    if (!retract) return tl::unexpected(retract.error());
    const PersonStatus* status = line.subject.status;
    if (*retract) {
      if (status == nullptr || !status->died_on) return refuse(LineCode::kDeathNotRecorded);
      // It stands on one of the person's tokens, and which one is not told: retract it on each.
      bodies.emplace_back(DeathRetracted{line.subject.token});
      for (const Token& token : status->tokens) {
        if (token != line.subject.token) bodies.emplace_back(DeathRetracted{token});
      }
      return Outcome();
    }
    const Judged<CivilDate> date = past_date_field(line.row, "date", context_.now);
    if (!date) return tl::unexpected(date.error());
    if (*date < kEarliest) return refuse(LineCode::kDateImplausible, "date");
    if (status != nullptr && status->tokens.size() == 1 && status->died_on == *date) {
      return Outcome::nothing_written(LineCode::kAlreadyRecorded);
    }
    bodies.emplace_back(DeathRecorded{line.subject.token, *date});
    return Outcome();
  }

 private:
  RequestContext context_;
};

}  // namespace

constinit const WriteKind kDeaths = {
    .name = "deaths",
    .fields = kFields,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<DeathJudge>(context);
    },
};

}  // namespace ishi::api
