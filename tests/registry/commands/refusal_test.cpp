#include "registry/commands/refusal.h"

#include <set>

#include <gtest/gtest.h>

namespace ishi {
namespace {

TEST(Refusal, EveryCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kRefusalCodeCount; ++i) {
    const auto code = static_cast<RefusalCode>(i);
    EXPECT_TRUE(names.insert(name_of(code)).second) << name_of(code);
    EXPECT_EQ(parse_refusal_code(name_of(code)), code);
  }
  EXPECT_EQ(parse_refusal_code("never_heard_of"), std::nullopt);
}

TEST(Refusal, AComplaintOfTheRulesNamesTheFieldThatMendsIt) {  // the codes of registry/rules/requests.h
  const std::pair<const char*, const char*> fields[] = {{"unknown_regime", "regimes"},
                                                        {"objection_not_applicable", "regimes"},
                                                        {"consent_not_applicable", "regimes"},
                                                        {"regime_not_reversible", "regimes"},
                                                        {"requester_not_allowed", "requester"},
                                                        {"guardian_age_exceeded", "requester"},
                                                        {"withdrawal_not_allowed", "requester"},
                                                        {"relation_unknown", "relation"},
                                                        {"person_not_deceased", "death_date"},
                                                        {"age_self_too_young", "birth_date"},
                                                        {"birth_date_needed", "birth_date"},
                                                        {"person_has_died", "requester"},
                                                        {"withdrawal_before_request", "accepted_at"}};
  for (const auto& [code, field] : fields) {
    const Refusal refusal = refuse(Error{ErrorKind::kUnprocessable, code, ""}).value();
    EXPECT_EQ(name_of(refusal.code), code);
    EXPECT_EQ(refusal.field, field);
  }
  EXPECT_EQ(refuse(Error{ErrorKind::kUnprocessable, "never_heard_of", ""}).value(),
            (Refusal{RefusalCode::kRefused, {}}));
}

}  // namespace
}  // namespace ishi
