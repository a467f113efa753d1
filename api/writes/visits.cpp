// Visits (LAW.md 2.5): a composite notice begins for a person at the first visit while the campaign runs. The
// visit itself is not kept: either it makes a notice, or it leaves nothing behind.
#include <set>
#include <string>
#include <utility>

#include "api/writes/fields.h"
#include "api/writes/holders.h"
#include "api/writes/line_handler.h"

namespace ishi::api {
namespace {

constexpr std::string_view kFields[] = {"holder", "date"};

// Has the person been told by this campaign? Facts keep no campaign: its letter, within its days, says the same.
bool told_by(const PersonStatus& status, const Campaign& campaign) {
  for (const NoticeFact& fact : status.notices) {
    if (fact.method == NoticeMethod::kComposite && fact.holder == campaign.holder && fact.regime == campaign.regime &&
        fact.template_id == campaign.template_id && campaign.running.contains(fact.date)) {
      return true;
    }
  }
  return false;
}

class VisitJudge final : public LineHandler {
 public:
  explicit VisitJudge(const RequestContext& context) : context_(context), holders_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    const Judged<std::string_view> holder = holders_.read(line.row);
    if (!holder) return tl::unexpected(holder.error());
    const Judged<CivilDate> date = past_date_field(line.row, "date", context_.now);
    if (!date) return tl::unexpected(date.error());
    const PersonStatus* status = line.subject.status;
    if (status != nullptr && status->died_on && *date > *status->died_on) {
      return refuse(LineCode::kNoticeAfterDeath, "date");
    }
    bool told = false;
    for (const auto& [id, campaign] : context_.book.campaigns) {
      if (!speaks_to(campaign, *holder, *date)) continue;
      if (status != nullptr && told_by(*status, campaign)) continue;
      if (!told_in_this_request_.emplace(line.subject.token, id).second) continue;
      bodies.emplace_back(NoticeGiven{line.subject.token, campaign.holder, campaign.regime, campaign.template_id,
                                      NoticeMethod::kComposite, *date, id});
      told = true;
    }
    return told ? Outcome() : Outcome::nothing_written(LineCode::kNoEffect);
  }

 private:
  bool speaks_to(const Campaign& campaign, std::string_view holder, CivilDate date) const {
    const PolicyBook& book = context_.book;
    return campaign.running.contains(date) && same_institution(book, campaign.holder, holder) &&
           tells_enough(book, campaign) &&
           !template_refusal(book, campaign.template_id, campaign.holder, campaign.regime, date);
  }

  RequestContext context_;
  HolderField holders_;
  std::set<std::pair<Token, std::string>> told_in_this_request_;
};

}  // namespace

constinit const WriteKind kVisits = {
    .name = "visits",
    .fields = kFields,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<VisitJudge>(context);
    },
};

}  // namespace ishi::api
