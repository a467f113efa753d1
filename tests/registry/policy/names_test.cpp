#include "registry/policy/names.h"

#include <set>

#include <gtest/gtest.h>

namespace ishi {
namespace {

// Every value from `first` to `last` has a name of its own, and the name leads back to the value.
template <typename Enum>
void expect_round_trip(Enum first, Enum last, std::optional<Enum> (*parse)(std::string_view), std::string (*all)(),
                       std::string_view (*name)(Enum)) {
  std::set<std::string_view> seen;
  for (int i = static_cast<int>(first); i <= static_cast<int>(last); ++i) {
    const Enum value = static_cast<Enum>(i);
    EXPECT_TRUE(seen.insert(name(value)).second) << name(value);
    EXPECT_EQ(parse(name(value)), value);
    EXPECT_NE(all().find(name(value)), std::string::npos) << name(value);
  }
  EXPECT_FALSE(parse("")) << "the empty name";
  EXPECT_FALSE(parse("NOBODY"));
  EXPECT_FALSE(parse(std::string(name(first)) + " "));
}

TEST(Names, LeadBackToTheirValue) {
  expect_round_trip<RequesterKind>(RequesterKind::kSelf, RequesterKind::kOtherCarer, parse_requester, requester_names,
                                   name_of);
  expect_round_trip<Channel>(Channel::kCounterPaper, Channel::kAgentApi, parse_channel, channel_names, name_of);
  expect_round_trip<NoticeMethod>(NoticeMethod::kHanded, NoticeMethod::kPublicOnly, parse_notice_method,
                                  notice_method_names, name_of);
  expect_round_trip<PastData>(PastData::kStopOnly, PastData::kStopAndErase, parse_past_data, past_data_names, name_of);
  expect_round_trip<LinkSource>(LinkSource::kHistoryInquiry, LinkSource::kInsurer, parse_link_source, link_source_names,
                                name_of);
  expect_round_trip<ControlModel>(ControlModel::kNoticeOptOut, ControlModel::kStatutory, parse_control_model,
                                  control_model_names, name_of);
  expect_round_trip<UnknownIdRule>(UnknownIdRule::kDeny, UnknownIdRule::kAllow, parse_unknown_id_rule,
                                   unknown_id_rule_names, name_of);
  expect_round_trip<Cutoff>(Cutoff::kCollectionTime, Cutoff::kPermitApprovalTime, parse_cutoff, cutoff_names, name_of);
  expect_round_trip<DeceasedUnnotified>(DeceasedUnnotified::kDeny, DeceasedUnnotified::kAllowIfNoBereavedObjection,
                                        parse_deceased_unnotified, deceased_unnotified_names, name_of);
  expect_round_trip<DeathInWait>(DeathInWait::kDeny, DeathInWait::kAllowAfterWait, parse_death_in_wait,
                                 death_in_wait_names, name_of);
  expect_round_trip<WaitMode>(WaitMode::kDays, WaitMode::kMax, parse_wait_mode, wait_mode_names, name_of);
  expect_round_trip<LegalVersion>(LegalVersion::kV2018, LegalVersion::kV2024, parse_legal_version, legal_version_names,
                                  name_of);
  expect_round_trip<SourceKind>(SourceKind::kHospital, SourceKind::kOther, parse_source_kind, source_kind_names,
                                name_of);
  expect_round_trip<Rhythm>(Rhythm::kDaily, Rhythm::kIrregular, parse_rhythm, rhythm_names, name_of);
  expect_round_trip<Role>(Role::kPatient, Role::kPublic, parse_role, role_names, role_name);
}

TEST(Names, OfReasonsAreThoseOfTheWireFormat) {
  const char* const names[] = {"ALLOW",
                               "DENY_OPTOUT",
                               "DENY_OPTOUT_AMBIG",
                               "DENY_AMBIGUOUS",
                               "DENY_NO_CONSENT",
                               "DENY_NOT_FILED",
                               "DENY_NOTICE_SCOPE",
                               "DENY_NO_NOTICE",
                               "DENY_WAITING",
                               "DENY_NOTICE_CONTENT",
                               "DENY_DECEASED_UNNOTIFIED",
                               "DENY_WEAK_MATCH",
                               "DENY_RECIPIENT_BLOCKED",
                               "DENY_UNKNOWN",
                               "INVALID_ID",
                               "OVERRIDE"};
  static_assert(std::size(names) == kReasonCodeCount);
  for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
    EXPECT_EQ(parse_reason_code(names[i]), static_cast<ReasonCode>(i)) << names[i];
  }
  EXPECT_FALSE(parse_reason_code("DENY"));
}

TEST(Names, OfWhoAsksAndHowAreThoseOfTheForms) {
  EXPECT_EQ(parse_requester("GUARDIAN_PARENT"), RequesterKind::kGuardianParent);
  EXPECT_EQ(parse_notice_method("N5"), NoticeMethod::kComposite);
  EXPECT_EQ(parse_notice_method("PUBLIC_ONLY"), NoticeMethod::kPublicOnly);
  EXPECT_EQ(parse_link_source("S1"), LinkSource::kHistoryInquiry);
  EXPECT_EQ(parse_role("DESK_CLERK_HOLDER"), Role::kDeskClerkHolder);
  EXPECT_EQ(past_data_names(), "STOP_ONLY or STOP_AND_ERASE");
}

}  // namespace
}  // namespace ishi
