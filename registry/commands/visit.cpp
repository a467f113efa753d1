#include "registry/commands/visit.h"

#include <algorithm>

#include "registry/commands/standing.h"
#include "registry/commands/tell.h"

namespace ishi {
namespace {

// Has this campaign told the person by that day? Facts keep no campaign: its letter, within its days, says the same. A
// visit that is reported after a later one begins the notice anew, for the earliest counts (R22).
bool has_told(const Campaign& campaign, const PersonStatus& status, CivilDate date) {
  return std::any_of(status.notices.begin(), status.notices.end(), [&](const NoticeFact& fact) {
    return fact.method == NoticeMethod::kComposite && fact.holder == campaign.holder &&
           fact.regime == campaign.regime && fact.template_id == campaign.template_id &&
           campaign.running.contains(fact.date) && fact.date <= date;
  });
}

// Was this a visit to the institution of the campaign? A code that changed hands means its successor from that day on;
// before, only if the change was told to the patients (R07).
bool visited(const PolicyBook& book, std::string_view holder, const Campaign& campaign, CivilDate date) {
  if (book.current_institution(holder, date) == book.current_institution(campaign.holder, date)) return true;
  std::string code(holder);
  for (std::size_t step = 0; step <= book.institution_aliases.size() && code != campaign.holder; ++step) {
    const auto alias = book.institution_aliases.find(code);
    if (alias == book.institution_aliases.end()) return false;
    if (date < alias->second.from && !alias->second.change_notice_recorded) return false;
    code = alias->second.new_code;
  }
  return code == campaign.holder;
}

bool tells_visitors(const PolicyBook& book, const Campaign& campaign, std::string_view holder, CivilDate date) {
  return campaign.running.contains(date) && visited(book, holder, campaign, date) &&
         uses_enough_methods(book, campaign) &&
         !letter_refusal(book, campaign.template_id, campaign.holder, campaign.regime, date);
}

}  // namespace

CommandResult<Outcome> visit(const CommandContext& context, const Subject& subject, const VisitCommand& command,
                             CommandBatch& batch) {
  const auto known = check_institution(context, command.holder, batch.memory);
  if (!known) return tl::unexpected(known.error());
  const CommandResult<CivilDate> date = check_past_date(command.date, "date", context.now);
  if (!date) return tl::unexpected(date.error());
  const PersonStatus* status = subject.status;
  if (status != nullptr && status->died_on && *date > *status->died_on) {
    return refuse(RefusalCode::kNoticeAfterDeath, "date");
  }
  const std::size_t before = batch.events.size();
  for (const auto& [id, campaign] : context.book.campaigns) {
    if (!tells_visitors(context.book, campaign, command.holder, *date)) continue;
    if (status != nullptr && has_told(campaign, *status, *date)) continue;
    if (const auto recent = check_not_dated_back(context, *date, "date"); !recent)
      return tl::unexpected(recent.error());
    const auto [first, is_first] = batch.memory.told_by_visit.try_emplace({subject.token, id}, *date);
    if (!is_first && first->second <= *date) continue;
    first->second = *date;
    batch.events.emplace_back(NoticeGiven{subject.token, campaign.holder, campaign.regime, campaign.template_id,
                                          NoticeMethod::kComposite, *date, id});
  }
  return batch.events.size() > before ? Outcome() : Outcome::none_because(NothingWritten::kNoEffect);
}

}  // namespace ishi
