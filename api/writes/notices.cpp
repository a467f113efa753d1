// Notices (LAW.md 2): that a person was told, by whom, under which regime, with which letter, when.
#include <string>

#include "api/auth/permissions.h"
#include "api/writes/fields.h"
#include "api/writes/holders.h"
#include "api/writes/line_handler.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kFields[] = {"holder", "regime", "template", "method", "date", "campaign", "void"};

bool on_record(const PersonStatus& status, const NoticeGiven& notice) {
  for (const NoticeFact& fact : status.notices) {
    if (fact.holder == notice.holder && fact.regime == notice.regime && fact.template_id == notice.template_id &&
        fact.method == notice.method && fact.date == notice.date) {
      return true;
    }
  }
  return false;
}

class NoticeJudge final : public LineHandler {
 public:
  explicit NoticeJudge(const RequestContext& context) : context_(context), holders_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    const Row& row = line.row;
    const Judged<std::string_view> holder = holders_.read(row);
    if (!holder) return tl::unexpected(holder.error());
    const Judged<std::string_view> regime = required_field(row, "regime");
    if (!regime) return tl::unexpected(regime.error());
    if (context_.book.find_regime(*regime) == nullptr) return refuse(LineCode::kUnknownRegime, "regime");
    const Judged<bool> is_void = flag_field(row, "void");
    if (!is_void) return tl::unexpected(is_void.error());
    const Judged<CivilDate> date = past_date_field(row, "date", context_.now);
    if (!date) return tl::unexpected(date.error());
    if (*is_void) return judge_void(line, *holder, *regime, *date, bodies);
    return judge_given(line, *holder, *regime, *date, bodies);
  }

 private:
  Judged<Outcome> judge_given(const Line& line, std::string_view holder, std::string_view regime, CivilDate date,
                              std::vector<EventBody>& bodies) {
    if (const auto missing = required_field(line.row, "method"); !missing) return tl::unexpected(missing.error());
    const Judged<NoticeMethod> method =
        enumerated_field(line.row, "method", NoticeMethod::kHanded, &parse_notice_method);
    if (!method) return tl::unexpected(method.error());
    if (*method == NoticeMethod::kPublicOnly) return refuse(LineCode::kPublicOnlyIsNoNotice, "method");
    const Judged<const Campaign*> campaign = read_campaign(line.row, *method, holder, regime, date);
    if (!campaign) return tl::unexpected(campaign.error());
    const Judged<std::string_view> given = text_field(line.row, "template");
    if (!given) return tl::unexpected(given.error());
    const std::string_view template_id =
        given->empty() && *campaign ? std::string_view((*campaign)->template_id) : *given;
    if (template_id.empty()) return refuse(LineCode::kFieldMissing, "template");
    if (*campaign && template_id != (*campaign)->template_id) return refuse(LineCode::kCampaignMismatch, "template");
    if (const auto refusal = template_refusal(context_.book, template_id, holder, regime, date)) {
      return tl::unexpected(Refusal{*refusal, "template"});
    }
    const CivilDate legal_date = legal_date_of(*method, date);
    const PersonStatus* status = line.subject.status;
    if (status != nullptr && status->died_on && legal_date > *status->died_on) {
      return refuse(LineCode::kNoticeAfterDeath, "date");
    }
    NoticeGiven notice{line.subject.token,
                       std::string(holder),
                       std::string(regime),
                       std::string(template_id),
                       *method,
                       legal_date,
                       *campaign ? (*campaign)->id : std::string()};
    // A file sent twice. Facts of linked tokens are not enough: they may part again.
    if (status != nullptr && status->tokens.size() == 1 && on_record(*status, notice)) {
      return Outcome::nothing_written(LineCode::kAlreadyRecorded);
    }
    bodies.emplace_back(std::move(notice));
    return Outcome();
  }

  Judged<Outcome> judge_void(const Line& line, std::string_view holder, std::string_view regime, CivilDate date,
                             std::vector<EventBody>& bodies) {
    const Judged<NoticeMethod> method =
        enumerated_field(line.row, "method", NoticeMethod::kHanded, &parse_notice_method);
    if (!method) return tl::unexpected(method.error());
    const PersonStatus* status = line.subject.status;
    if (status == nullptr) return refuse(LineCode::kNoticeNotFound);
    std::optional<CivilDate> found;
    for (const NoticeFact& fact : status->notices) {
      if (fact.holder != holder || fact.regime != regime) continue;
      // A letter is voided by the date on which it was posted, as it was reported.
      if (fact.date == date && fact.method != NoticeMethod::kPosted) found = fact.date;
      if (fact.method == NoticeMethod::kPosted &&
          (fact.date == legal_date_of(fact.method, date) || fact.date == date)) {
        found = fact.date;
      }
      if (found) break;
    }
    if (!found) return refuse(LineCode::kNoticeNotFound);
    // It stands on one of the person's tokens, and which one is not told: void it on each.
    bodies.emplace_back(NoticeVoided{line.subject.token, std::string(holder), std::string(regime), *found});
    for (const Token& token : status->tokens) {
      if (token == line.subject.token) continue;
      bodies.emplace_back(NoticeVoided{token, std::string(holder), std::string(regime), *found});
    }
    return Outcome();
  }

  Judged<const Campaign*> read_campaign(const Row& row, NoticeMethod method, std::string_view holder,
                                        std::string_view regime, CivilDate date) const {
    const Judged<std::string_view> id = text_field(row, "campaign");
    if (!id) return tl::unexpected(id.error());
    if (method != NoticeMethod::kComposite) {
      if (!id->empty()) return refuse(LineCode::kCampaignOnlyComposite, "campaign");
      return nullptr;
    }
    const PolicyBook& book = context_.book;
    const auto found = book.campaigns.find(*id);
    if (found == book.campaigns.end()) return refuse(LineCode::kUnknownCampaign, "campaign");
    const Campaign& campaign = found->second;
    if (campaign.regime != regime || !same_institution(book, campaign.holder, holder)) {
      return refuse(LineCode::kCampaignMismatch, "campaign");
    }
    if (!tells_enough(book, campaign)) return refuse(LineCode::kCampaignMethods, "campaign");
    if (!campaign.running.contains(date)) return refuse(LineCode::kCampaignNotRunning, "date");
    return &campaign;
  }

  // Posted letters count from the day on which they are taken to have arrived.
  CivilDate legal_date_of(NoticeMethod method, CivilDate date) const {
    return method == NoticeMethod::kPosted ? date.plus_days(context_.book.mail_delivery_days) : date;
  }

  RequestContext context_;
  HolderField holders_;
};

}  // namespace

constinit const WriteKind kNotices = {
    .name = "notices",
    .fields = kFields,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<NoticeJudge>(context);
    },
};

}  // namespace ishi::api
