#include "registry/commands/tell.h"

#include <algorithm>

namespace ishi {
namespace {

bool on_record(const PersonStatus& status, const NoticeGiven& notice) {
  return std::any_of(status.notices.begin(), status.notices.end(), [&](const NoticeFact& fact) {
    return fact.holder == notice.holder && fact.regime == notice.regime && fact.template_id == notice.template_id &&
           fact.method == notice.method && fact.date == notice.date;
  });
}

// Posted letters count from the day on which they are taken to have arrived.
CivilDate legal_date_of(const PolicyBook& book, NoticeMethod method, CivilDate date) {
  return method == NoticeMethod::kPosted ? date.plus_days(book.mail_delivery_days) : date;
}

// What a notice and its voiding have in common: for whom, under which regime, on which day.
CommandResult<CivilDate> check_occasion(const CommandContext& context, std::string_view holder, std::string_view regime,
                                        std::optional<CivilDate> date, CommandMemory& memory) {
  if (const auto known = check_institution(context, holder, memory); !known) return tl::unexpected(known.error());
  if (regime.empty()) return refuse(RefusalCode::kFieldMissing, "regime");
  if (context.book.find_regime(regime) == nullptr) return refuse(RefusalCode::kUnknownRegime, "regime");
  return check_past_date(date, "date", context.now);
}

CommandResult<const Campaign*> find_campaign(const PolicyBook& book, const TellCommand& command) {
  if (command.method != NoticeMethod::kComposite) {
    if (!command.campaign.empty()) return refuse(RefusalCode::kCampaignOnlyComposite, "campaign");
    return nullptr;
  }
  const auto found = book.campaigns.find(command.campaign);
  if (found == book.campaigns.end()) return refuse(RefusalCode::kUnknownCampaign, "campaign");
  const Campaign& campaign = found->second;
  if (campaign.regime != command.regime || !same_institution(book, campaign.holder, command.holder)) {
    return refuse(RefusalCode::kCampaignMismatch, "campaign");
  }
  if (!uses_enough_methods(book, campaign)) return refuse(RefusalCode::kCampaignMethods, "campaign");
  if (!campaign.running.contains(*command.date)) return refuse(RefusalCode::kCampaignNotRunning, "date");
  return &campaign;
}

CommandResult<std::string_view> choose_letter(const PolicyBook& book, const TellCommand& command,
                                              const Campaign* campaign) {
  std::string_view letter = command.template_id;
  if (letter.empty() && campaign != nullptr) letter = campaign->template_id;
  if (letter.empty()) return refuse(RefusalCode::kFieldMissing, "template");
  if (campaign != nullptr && letter != campaign->template_id) {
    return refuse(RefusalCode::kCampaignMismatch, "template");
  }
  if (const auto code = letter_refusal(book, letter, command.holder, command.regime, *command.date)) {
    return refuse(*code, "template");
  }
  return letter;
}

// The legal date of the person's notice that this names.
std::optional<CivilDate> find_notice(const PolicyBook& book, const PersonStatus& status,
                                     const VoidNoticeCommand& command) {
  const CivilDate date = *command.date;
  for (const NoticeFact& fact : status.notices) {
    if (fact.holder != command.holder || fact.regime != command.regime) continue;
    if (fact.date == date || fact.date == legal_date_of(book, fact.method, date)) return fact.date;
  }
  return std::nullopt;
}

}  // namespace

CommandResult<Outcome> tell(const CommandContext& context, const Subject& subject, const TellCommand& command,
                            CommandBatch& batch) {
  const PolicyBook& book = context.book;
  const auto date = check_occasion(context, command.holder, command.regime, command.date, batch.memory);
  if (!date) return tl::unexpected(date.error());
  if (!command.method) return refuse(RefusalCode::kFieldMissing, "method");
  if (*command.method == NoticeMethod::kPublicOnly) return refuse(RefusalCode::kPublicOnlyIsNoNotice, "method");
  const CommandResult<const Campaign*> campaign = find_campaign(book, command);
  if (!campaign) return tl::unexpected(campaign.error());
  const CommandResult<std::string_view> letter = choose_letter(book, command, *campaign);
  if (!letter) return tl::unexpected(letter.error());
  const CivilDate legal_date = legal_date_of(book, *command.method, *date);
  const PersonStatus* status = subject.status;
  if (status != nullptr && status->died_on && legal_date > *status->died_on) {
    return refuse(RefusalCode::kNoticeAfterDeath, "date");
  }
  NoticeGiven notice{subject.token,
                     std::string(command.holder),
                     std::string(command.regime),
                     std::string(*letter),
                     *command.method,
                     legal_date,
                     *campaign ? (*campaign)->id : std::string()};
  if (status != nullptr && status->tokens.size() == 1 && on_record(*status, notice)) {
    return Outcome::none_because(NothingWritten::kAlreadyRecorded);
  }
  batch.events.emplace_back(std::move(notice));
  return Outcome();
}

CommandResult<Outcome> void_notice(const CommandContext& context, const Subject& subject,
                                   const VoidNoticeCommand& command, CommandBatch& batch) {
  const auto date = check_occasion(context, command.holder, command.regime, command.date, batch.memory);
  if (!date) return tl::unexpected(date.error());
  if (subject.status == nullptr) return refuse(RefusalCode::kNoticeNotFound);
  const std::optional<CivilDate> found = find_notice(context.book, *subject.status, command);
  if (!found) return refuse(RefusalCode::kNoticeNotFound);
  const auto void_on = [&](const Token& token) {
    batch.events.emplace_back(NoticeVoided{token, std::string(command.holder), std::string(command.regime), *found});
  };
  void_on(subject.token);
  for (const Token& token : subject.status->tokens) {
    if (token != subject.token) void_on(token);
  }
  return Outcome();
}

std::optional<RefusalCode> letter_refusal(const PolicyBook& book, std::string_view template_id, std::string_view holder,
                                          std::string_view regime, CivilDate date) {
  const NoticeTemplate* letter = book.find_template(template_id);
  if (letter == nullptr) return RefusalCode::kUnknownTemplate;
  if (letter->regime != regime) return RefusalCode::kTemplateRegime;
  if (!letter->holder.empty() && !same_institution(book, letter->holder, holder)) return RefusalCode::kTemplateHolder;
  if (!letter->effective.contains(date)) return RefusalCode::kTemplateDate;
  return std::nullopt;
}

bool uses_enough_methods(const PolicyBook& book, const Campaign& campaign) {
  return static_cast<int>(campaign.methods.size()) >= book.composite_methods_min;
}

}  // namespace ishi
