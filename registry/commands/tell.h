// tell, void_notice: a person was told, by which institution, under which regime, with which letter, when (通知; Art.
// 52(1), 57(1); LAW.md 2); or was not, although it was recorded. Pure.
#pragma once

#include "registry/commands/checks.h"

namespace ishi {

struct TellCommand {
  std::string_view holder, regime;  // no holder: the state's notice, or a municipality's, for all (LAW.md 2.11)
  std::optional<NoticeMethod> method;
  std::optional<CivilDate> date;  // handed, posted, delivered, or the first visit; JST
  std::string_view template_id;   // missing: that of the campaign
  std::string_view campaign;      // of a composite notice (N5), else empty
  // What shows that they were told; NoticeDetails::posted_on is taken from `date`. Missing: nothing was said of it.
  std::optional<NoticeDetails> details = std::nullopt;
};
struct VoidNoticeCommand {
  std::string_view holder, regime;
  std::optional<CivilDate> date;  // as it was reported: of a letter by post, the posting day or the legal date
  std::optional<NoticeMethod> method = std::nullopt;  // where several notices of that day are on record
  std::string_view template_id = {};
  std::optional<EventIndex> notice = std::nullopt;  // or this one, by its receipt number, and its holder
  std::optional<VoidReason> reason = std::nullopt;
};
// What is known of one person stays bounded. More notices than this make nobody better informed.
constexpr std::size_t kNoticesOfOneMax = 256;

// Event: NoticeGiven, with the legal date (LAW.md 2.3, 2.4). Nothing written: already_recorded, when exactly this is
// known of a person with one token (facts of linked tokens are not enough: they may part again). Refusals: of
// check_institution; field_missing (regime, date, method, template); unknown_regime; date_in_future;
// closed_by_option (in the field "holder": under this option the state does not tell for all);
// public_only_is_no_notice; campaign_only_composite, unknown_campaign, campaign_mismatch, campaign_methods,
// campaign_not_running; those of letter_refusal in the field "template"; dated_back_too_far, notice_after_death (in the
// field "date"); too_many_facts; value_format (notice_reference, language).
CommandResult<Outcome> tell(const CommandContext& context, const Subject& subject, const TellCommand& command,
                            CommandBatch& batch);

// Needs the history. Events: NoticeVoided, for this notice only, on each card on which it stands (LAW.md 2.12).
// Refusals: of check_institution; field_missing (regime, date); unknown_regime; date_in_future; notice_not_found;
// notice_ambiguous (in the field "template": several are left; name way and template, or the receipt number);
// too_many_facts.
CommandResult<Outcome> void_notice(const CommandContext& context, const Subject& subject,
                                   const VoidNoticeCommand& command, CommandBatch& batch);

// Why this letter cannot have been used by that institution for that regime on that day: unknown_template,
// template_regime, template_holder, template_date. nullopt if it can.
std::optional<RefusalCode> letter_refusal(const PolicyBook& book, std::string_view template_id, std::string_view holder,
                                          std::string_view regime, CivilDate date);
// Does the campaign use as many methods as a composite notice needs (LAW.md 2.5)?
bool uses_enough_methods(const PolicyBook& book, const Campaign& campaign);

}  // namespace ishi
