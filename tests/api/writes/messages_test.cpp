#include "api/writes/rows/messages.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "api/records/row.h"

namespace ishi::api {
namespace {

TEST(Messages, EveryCodeHasANameAndWordsInBothLanguages) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kLineCodeCount; ++i) {
    const auto code = static_cast<LineCode>(i);
    EXPECT_TRUE(names.insert(name_of(code)).second) << name_of(code);
    EXPECT_EQ(parse_line_code(name_of(code)), code);
    EXPECT_EQ(name_of(code).find_first_not_of("abcdefghijklmnopqrstuvwxyz_8"), std::string_view::npos) << name_of(code);
    const std::string_view english = words_for(code, Language::kEnglish);
    const std::string_view japanese = words_for(code, Language::kJapanese);
    EXPECT_GT(english.size(), 10u) << name_of(code);
    EXPECT_GT(japanese.size(), 10u) << name_of(code);
    EXPECT_TRUE(english.ends_with('.') || english.ends_with(':')) << name_of(code);
    EXPECT_TRUE(japanese.ends_with("。") || japanese.ends_with("：")) << name_of(code);
    EXPECT_EQ(english.ends_with(':'), japanese.ends_with("：")) << name_of(code);
  }
}

TEST(Messages, EveryErrorOfTheRulesAndTheReadersHasACodeOfItsOwn) {
  for (const char* code : {"unknown_regime", "objection_not_applicable", "consent_not_applicable",
                           "requester_not_allowed", "relation_unknown", "person_not_deceased", "age_self_too_young",
                           "guardian_age_exceeded", "birth_date_needed", "person_has_died", "withdrawal_not_allowed",
                           "regime_not_reversible", "withdrawal_before_request",  // registry/rules/requests.h
                           "insurer_format", "symbol_format", "number_format", "number_missing", "branch_format",
                           "my_number_refused"}) {  // registry/identifiers/insurance_id.h
    EXPECT_NE(line_code_of(code), LineCode::kRefused) << code;
  }
  for (int fault = 1; fault <= static_cast<int>(RowFault::kFieldCount); ++fault) {
    const std::string_view code = code_of(static_cast<RowFault>(fault));
    EXPECT_NE(line_code_of(code), LineCode::kRefused) << code;
  }
  EXPECT_EQ(line_code_of("never_heard_of"), LineCode::kRefused);
}

TEST(Messages, EveryAnswerOfACommandIsToldUnderItsOwnName) {
  for (std::size_t i = 0; i < kRefusalCodeCount; ++i) {
    const Refusal refusal{static_cast<RefusalCode>(i), "date"};
    EXPECT_EQ(name_of(line_refusal_of(refusal).code), name_of(refusal.code));
    EXPECT_EQ(line_refusal_of(refusal).field, "date");
  }
  for (std::size_t i = 0; i < kNothingWrittenCount; ++i) {
    const auto reason = static_cast<NothingWritten>(i);
    EXPECT_EQ(name_of(line_code_of(reason)), name_of(reason));
  }
  for (std::size_t i = 0; i < kRemarkCount; ++i) {
    const auto remark = static_cast<Remark>(i);
    EXPECT_EQ(name_of(line_code_of(remark)), name_of(remark));
  }
}

}  // namespace
}  // namespace ishi::api
