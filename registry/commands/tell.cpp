#include "registry/commands/tell.h"

#include <algorithm>

#include "registry/commands/standing.h"
#include "registry/rules/doors.h"

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

// A notice for all names no holder. It is for those who tell for all, and under a regime where any notice counts for
// every holder: anywhere else each holder tells its own patients, and the holder is missing.
CommandResult<void> check_for_all(const CommandContext& context, const TellCommand& command) {
  const Role role = context.actor.role;
  if (role != Role::kRegistryOps && role != Role::kDeskClerkMunicipal)
    return refuse(RefusalCode::kFieldMissing, "holder");
  if (!tells_for_all(context.book, {role})) return refuse(RefusalCode::kClosedByOption, "holder");
  const Regime* regime = context.book.find_regime(command.regime);
  if (regime != nullptr && !regime->notice_portable) return refuse(RefusalCode::kFieldMissing, "holder");
  return {};
}

// What a notice and its voiding have in common: under which regime, on which day.
CommandResult<CivilDate> check_occasion(const CommandContext& context, std::string_view regime,
                                        std::optional<CivilDate> date) {
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

CommandResult<void> check_details(const NoticeDetails& details) {
  if (details.reference.size() > kFactIdBytesMax) return refuse(RefusalCode::kValueFormat, "notice_reference");
  const bool tag = std::all_of(details.language.begin(), details.language.end(), [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
  if (!tag || details.language.size() > kLanguageBytesMax) return refuse(RefusalCode::kValueFormat, "language");
  return {};
}

bool takes_back(const NoticeVoided& voided, const NoticeGiven& notice) {
  return voided.holder == notice.holder && voided.regime == notice.regime && voided.date == notice.date &&
         (!voided.letter ||
          (voided.letter->method == notice.method && voided.letter->template_id == notice.template_id));
}

struct StandingNotice {
  EventIndex event;
  Token token;
  const NoticeGiven* given;  // in the history
};

std::vector<StandingNotice> standing_notices(const CommandContext& context, const Subject& subject) {
  std::vector<StandingNotice> notices;
  if (context.history == nullptr || subject.status == nullptr) return notices;
  for (const Token& token : subject.status->tokens) {
    for (const StoredEvent* stored : context.history->about(token)) {
      if (const auto* given = std::get_if<NoticeGiven>(&stored->event.body)) {
        notices.push_back({stored->index, token, given});
      } else if (const auto* voided = std::get_if<NoticeVoided>(&stored->event.body)) {
        std::erase_if(notices, [&](const StandingNotice& notice) {
          return notice.token == token && takes_back(*voided, *notice.given);
        });
      }
    }
  }
  return notices;
}

// Of which notices could this speak?
bool fits(const PolicyBook& book, const VoidNoticeCommand& command, const StandingNotice& notice) {
  const NoticeGiven& given = *notice.given;
  if (command.notice) return notice.event == *command.notice && given.holder == command.holder;
  const CivilDate date = *command.date;
  const bool that_day = given.date == date || given.date == legal_date_of(book, given.method, date);
  return given.holder == command.holder && given.regime == command.regime && that_day &&
         command.method.value_or(given.method) == given.method &&
         (command.template_id.empty() || command.template_id == given.template_id);
}

bool same_notice(const NoticeGiven& one, const NoticeGiven& other) {
  return one.holder == other.holder && one.regime == other.regime && one.date == other.date &&
         one.method == other.method && one.template_id == other.template_id;
}

CommandResult<void> check_void(const CommandContext& context, const VoidNoticeCommand& command, CommandMemory& memory) {
  // A notice for all that did not arrive is reported to the registry, whatever the option says today.
  const bool for_all = command.holder.empty() && context.actor.role == Role::kRegistryOps;
  if (!for_all) {
    const auto known = check_institution(context, command.holder, memory);
    if (!known || command.notice) return known;
  }
  if (command.notice) return {};
  const auto day = check_occasion(context, command.regime, command.date);
  if (!day) return tl::unexpected(day.error());
  return {};
}

}  // namespace

CommandResult<Outcome> tell(const CommandContext& context, const Subject& subject, const TellCommand& command,
                            CommandBatch& batch) {
  const PolicyBook& book = context.book;
  const auto teller = command.holder.empty() ? check_for_all(context, command)
                                             : check_institution(context, command.holder, batch.memory);
  if (!teller) return tl::unexpected(teller.error());
  const auto date = check_occasion(context, command.regime, command.date);
  if (!date) return tl::unexpected(date.error());
  if (!command.method) return refuse(RefusalCode::kFieldMissing, "method");
  if (*command.method == NoticeMethod::kPublicOnly) return refuse(RefusalCode::kPublicOnlyIsNoNotice, "method");
  const CommandResult<const Campaign*> campaign = find_campaign(book, command);
  if (!campaign) return tl::unexpected(campaign.error());
  const CommandResult<std::string_view> letter = choose_letter(book, command, *campaign);
  if (!letter) return tl::unexpected(letter.error());
  if (const auto recent = check_not_dated_back(context, *date, "date"); !recent) return tl::unexpected(recent.error());
  if (command.details) {
    if (const auto fine = check_details(*command.details); !fine) return tl::unexpected(fine.error());
  }
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
                     *campaign ? (*campaign)->id : std::string(),
                     command.details};
  if (notice.details && *command.method == NoticeMethod::kPosted) notice.details->posted_on = *date;
  if (status != nullptr && status->tokens.size() == 1 && on_record(*status, notice)) {
    return Outcome::none_because(NothingWritten::kAlreadyRecorded);
  }
  if (status != nullptr && status->notices.size() >= kNoticesOfOneMax) return refuse(RefusalCode::kTooManyFacts);
  batch.events.emplace_back(std::move(notice));
  return Outcome();
}

CommandResult<Outcome> void_notice(const CommandContext& context, const Subject& subject,
                                   const VoidNoticeCommand& command, CommandBatch& batch) {
  if (const auto fine = check_void(context, command, batch.memory); !fine) return tl::unexpected(fine.error());
  std::vector<StandingNotice> found = standing_notices(context, subject);
  std::erase_if(found, [&](const StandingNotice& notice) { return !fits(context.book, command, notice); });
  if (found.empty()) return refuse(RefusalCode::kNoticeNotFound);
  const NoticeGiven& first = *found.front().given;
  const bool one_notice = std::all_of(found.begin(), found.end(),
                                      [&](const StandingNotice& notice) { return same_notice(*notice.given, first); });
  if (!one_notice) return refuse(RefusalCode::kNoticeAmbiguous, "template");
  if (const auto fine = check_not_too_often(context, subject.token); !fine) return tl::unexpected(fine.error());
  std::set<Token> tokens;
  for (const StandingNotice& notice : found) {
    if (!tokens.insert(notice.token).second) continue;
    batch.events.emplace_back(NoticeVoided{notice.token, first.holder, first.regime, first.date,
                                           VoidedLetter{first.method, first.template_id}, command.reason});
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
