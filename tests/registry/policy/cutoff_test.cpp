// The key cutoff: what has an effect is taken, and books that a log holds already still load.
#include <array>

#include "tests/registry/policy/reading.h"

namespace ishi {
namespace {

using policy_testing::describe;
using policy_testing::kSmallest;

constexpr const char* kRegime = R"([[regime]]
code = "PERMITTED"
name_ja = "許可"
name_en = "permitted"
law_reference = "none"
control = "OPTOUT"
unknown_id = "ALLOW"
deciders = ["SELF"]
valid_from = 2018-05-11
)";

PolicyReading read(const std::string& cutoff, PolicySource source) {
  const std::string profile =
      policy_testing::replaced(kSmallest.text, "[book]", "filters = { F1 = { HOLDER = [\"*\"] } }\n[book]");
  const std::array<PolicyDocument, 2> documents{
      PolicyDocument{"base.toml", profile},
      PolicyDocument{"own.toml", std::string(kRegime) + "cutoff = \"" + cutoff + "\"\n"}};
  return read_policy(documents, source);
}

TEST(CutOff, AtProvisionOrAtThePermit) {
  for (const PolicySource source : {PolicySource::kLog, PolicySource::kHandedIn}) {
    EXPECT_EQ(read("PROVISION_TIME", source).book->find_regime("PERMITTED")->cutoff, Cutoff::kProvisionTime);
    EXPECT_EQ(read("PERMIT_APPROVAL_TIME", source).book->find_regime("PERMITTED")->cutoff, Cutoff::kPermitApprovalTime);
  }
}

TEST(CutOff, AtTheCollectionWouldHaveNoEffectAndStandsInOldBooksOnly) {
  EXPECT_EQ(describe(read("COLLECTION_TIME", PolicySource::kHandedIn)),
            "own.toml:10: regime[1].cutoff: must be PROVISION_TIME or PERMIT_APPROVAL_TIME: no question says when data "
            "were collected\n");
  const PolicyReading old = read("COLLECTION_TIME", PolicySource::kLog);
  ASSERT_TRUE(old.book) << describe(old);
  EXPECT_EQ(old.book->find_regime("PERMITTED")->cutoff, Cutoff::kCollectionTime);
}

}  // namespace
}  // namespace ishi
