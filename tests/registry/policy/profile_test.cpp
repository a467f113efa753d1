// The profile of a book: what is handed in says who asks where, and which ministry supervises; books that a log holds
// already still load.
#include <array>

#include "registry/rules/doors.h"
#include "tests/registry/policy/reading.h"

namespace ishi {
namespace {

using policy_testing::describe;
using policy_testing::kSmallest;
using policy_testing::replaced;

constexpr const char* kFilters = "federation_peers = []\n[profile.filters]\nF1 = { HOLDER = [\"TO*\"] }\n[book]";

PolicyReading read_profile(const std::string& text, PolicySource source = PolicySource::kHandedIn,
                           const std::string& own = "") {
  const std::array<PolicyDocument, 2> documents{PolicyDocument{"base.toml", text}, PolicyDocument{"own.toml", own}};
  return read_policy(documents, source);
}
std::string with_filters(const std::string& filters = kFilters) {
  return replaced(kSmallest.text, "[book]", filters);
}
std::string complaint(const std::string& text) {
  return describe(read_profile(text));
}

TEST(ProfileFormat, SaysWhoAsksAtWhichPoint) {
  const PolicyReading reading = read_profile(with_filters());
  ASSERT_TRUE(reading.book) << describe(reading);
  EXPECT_EQ(reading.book->profile.filters->at(FilterPoint::kCollection).at("HOLDER"), std::set<std::string>{"TO*"});
  EXPECT_NE(complaint(kSmallest.text).find("profile.filters: is missing"), std::string::npos);
}

TEST(ProfileFormat, NamesReadersAndRegimesThatThereAre) {
  EXPECT_NE(complaint(with_filters(replaced(kFilters, "HOLDER", "OPERATOR"))).find("is not among the batch_readers"),
            std::string::npos);
  EXPECT_NE(complaint(with_filters(replaced(kFilters, "TO*", "TI*"))).find("'TI*' matches no regime"),
            std::string::npos);
  EXPECT_NE(complaint(with_filters(replaced(kFilters, "\"TO*\"", ""))).find("names no regime"), std::string::npos);
  EXPECT_NE(complaint(with_filters(replaced(kFilters, "F1", "F6"))).find("F6"), std::string::npos);
  EXPECT_NE(complaint(with_filters(replaced(kFilters, "HOLDER", "HOSPITAL"))).find("HOSPITAL"), std::string::npos);
  EXPECT_NE(complaint(with_filters("permit_readers = [\"OPERATOR\"]\n" + std::string(kFilters)))
                .find("permit_readers[1]: 'OPERATOR' is not among the batch_readers"),
            std::string::npos)
      << complaint(with_filters("permit_readers = [\"OPERATOR\"]\n" + std::string(kFilters)));
}

TEST(ProfileFormat, PeersAreOfAConsortiumAndAConsortiumHasPeers) {
  const std::string peers = replaced(kFilters, "[]", "[\"LDI\"]");
  EXPECT_NE(complaint(with_filters(peers)).find("federation_peers"), std::string::npos);
  const std::string consortium = replaced(with_filters(peers), "\"STATE\"", "\"CONSORTIUM\"");
  EXPECT_EQ(complaint(consortium), "");
  EXPECT_NE(complaint(replaced(consortium, "[\"LDI\"]", "[]")).find("federation_peers"), std::string::npos);
}

TEST(ProfileFormat, AMinistryIsOfAMinistersAuditor) {
  const auto caller = [](const std::string& role, const std::string& more) {
    return "[[caller]]\nid = \"a\"\nrole = \"" + role + "\"\nkey_sha256 = \"" + std::string(64, 'a') + "\"\n" + more;
  };
  const auto says = [&](const std::string& own) {
    return describe(read_profile(with_filters(), PolicySource::kHandedIn, own));
  };
  EXPECT_EQ(says(caller("AUDITOR_MINISTER", "ministry = \"METI\"\n")), "");
  EXPECT_NE(says(caller("AUDITOR_MINISTER", "")).find("ministry"), std::string::npos);
  EXPECT_NE(says(caller("AUDITOR_MINISTER", "ministry = \"MOF\"\n")).find("must be CAO, MHLW, METI or MEXT"),
            std::string::npos);
  EXPECT_NE(says(caller("AUDITOR_PPC", "ministry = \"METI\"\n")).find("ministry"), std::string::npos);
}

TEST(ProfileFormat, PeopleComeInThroughThePortalWhereItIsListed) {
  PolicyBook book;
  for (const Role role : {Role::kPatient, Role::kProxy, Role::kBereaved}) {
    book.profile.objection_writers = {"HOLDER"};
    EXPECT_FALSE(check_door(book, {role}, Door::kWishes));
    book.profile.objection_writers = {"PORTAL"};
    EXPECT_TRUE(check_door(book, {role}, Door::kWishes));
    EXPECT_FALSE(check_door(book, {role}, Door::kQuestions));
  }
}

// What a log may hold from before these keys were: it loads, and every reader that it lists asks everywhere.
TEST(ProfileFormat, OldBooksStillLoadAndMeanWhatTheyMeant) {
  const PolicyReading old = read_profile(
      kSmallest.text, PolicySource::kLog,
      "[[caller]]\nid = \"a\"\nrole = \"AUDITOR_MINISTER\"\nkey_sha256 = \"" + std::string(64, 'a') + "\"\n");
  ASSERT_TRUE(old.book) << describe(old);
  PolicyBook book = *old.book;
  Question question;
  question.regime = "TOLD";
  for (const FilterPoint point : kFilterPoints) {
    question.point = point;
    EXPECT_TRUE(check_reader(book, {Role::kHolderBatch}, question)) << name_of(point);
    EXPECT_FALSE(check_reader(book, {Role::kOperatorBatch, "LDI"}, question)) << name_of(point);
    EXPECT_FALSE(needs_permit(book, {Role::kHolderBatch}, question));
  }
  EXPECT_FALSE(check_door(book, {Role::kOperatorAdmin, "LDI"}, Door::kPermits)) << "only REVIEWER registered them";
  EXPECT_FALSE(check_door(book, {Role::kAuditorMinister}, Door::kOwn)) << "no ministry is listed";
  book.profile.audit_readers.insert("METI");
  EXPECT_TRUE(check_door(book, {Role::kAuditorMinister}, Door::kOwn)) << "of whichever is listed";
  EXPECT_FALSE(check_door(book, {Role::kAuditorMinister, "", "CAO"}, Door::kOwn));
}

}  // namespace
}  // namespace ishi
