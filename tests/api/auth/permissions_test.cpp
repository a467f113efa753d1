#include "api/auth/permissions.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

// The whole table, written out a second time: columns in the order of Action.
//   f filter   r reasons   s status   n notice v visit o objection w withdrawal c consent l link d death
//   P publish  p policy    e changes  R recalls  i sources   g log   h health   m metrics   O override   k intake   E
//   erase  D permit   U of a route that names no action
constexpr std::string_view kColumns = "frsnvowcldPpeRighmOkEDU";
const std::map<Role, std::string_view> kTable = {
    {Role::kPatient, "...............gh......"},
    {Role::kProxy, "...............gh......"},
    {Role::kBereaved, "...............gh......"},
    {Role::kDeskClerkHolder, "..snvowcld.p...gh..k..."},
    {Role::kDeskClerkMunicipal, "...n.owc.d.p...gh..k..."},
    {Role::kCallAgent, ".....owc...p...gh..k..."},
    {Role::kHolderAdmin, "frsnvowcld.peR.gh..k..."},
    {Role::kHolderBatch, "frsnvowcld.peR.gh.Ok..."},
    {Role::kOperatorBatch, "f....o.....peR.gh.Ok..."},
    {Role::kOperatorAdmin, "f....o.....peR.gh..k.D."},
    {Role::kReviewer, "f..........p...gh....D."},
    {Role::kStateIngest, "f..........peR.gh.Ok..."},
    {Role::kRegistryOps, "...nvowcldPpeRighm.k..."},
    {Role::kRegistryKeyholder, "...........p...gh...ED."},
    {Role::kAuditorMinister, "frs........peRighm.k..."},
    {Role::kAuditorPpc, "frs........peRighm.k..."},
    {Role::kAuditorGovernor, "frs........p..igh..k..."},
    {Role::kPublic, "...............gh......"},
};

TEST(Permissions, TheTableIsThisOne) {
  ASSERT_EQ(kColumns.size(), static_cast<std::size_t>(kActionCount));
  for (int role = 0; role <= static_cast<int>(Role::kPublic); ++role) {
    const std::string_view row = kTable.at(static_cast<Role>(role));
    for (int action = 0; action < kActionCount; ++action)
      EXPECT_EQ(may(static_cast<Role>(role), static_cast<Action>(action)), row[static_cast<std::size_t>(action)] != '.')
          << name_of(static_cast<Role>(role)) << " " << name_of(static_cast<Action>(action));
  }
}

TEST(Permissions, RegulatorsReadAndNeverWrite) {
  for (const Role role : {Role::kAuditorMinister, Role::kAuditorPpc, Role::kAuditorGovernor})
    for (const Action action :
         {Action::kWriteNotice, Action::kWriteVisit, Action::kWriteObjection, Action::kWriteWithdrawal,
          Action::kWriteConsent, Action::kWriteLink, Action::kWriteDeath, Action::kPublishPolicy,
          Action::kClaimOverride, Action::kErase, Action::kWritePermit})
      EXPECT_FALSE(may(role, action)) << name_of(role) << " " << name_of(action);
}

TEST(Permissions, AnOperatorNeverGetsReasons) {
  for (const Role role : {Role::kOperatorBatch, Role::kOperatorAdmin, Role::kReviewer, Role::kStateIngest}) {
    EXPECT_FALSE(may(role, Action::kFilterReasons));
    EXPECT_FALSE(may(role, Action::kStatus));
  }
}

TEST(Permissions, NamesAreDistinct) {
  std::set<std::string_view> names;
  for (int action = 0; action < kActionCount; ++action) names.insert(name_of(static_cast<Action>(action)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kActionCount));
}

PolicyBook book_of_three() {
  PolicyBook book;
  for (const auto& [code, prefecture] : {std::pair{"1310000001", "13"}, {"2710000001", "27"}}) {
    Institution institution;
    institution.code = code;
    institution.prefecture = prefecture;
    book.institutions.emplace(code, institution);
  }
  InstitutionAlias alias;
  alias.old_code = "1310000009";
  alias.new_code = "1310000001";
  book.institution_aliases.emplace(alias.old_code, alias);
  book.operator_aliases.emplace("OLD", OperatorAlias{"OLD", "LDI", {}});
  return book;
}

TEST(OwnHolder, AHospitalActsOnlyForItself) {
  const PolicyBook book = book_of_three();
  for (const Role role : {Role::kHolderBatch, Role::kHolderAdmin, Role::kDeskClerkHolder}) {
    const Principal hospital{"h", role, "1310000001", {}, {}};
    EXPECT_TRUE(check_holder(hospital, book, "1310000001"));
    EXPECT_TRUE(check_holder(hospital, book, "1310000009")) << "its code before the change of ownership";
    EXPECT_EQ(check_holder(hospital, book, "2710000001").error().kind, ErrorKind::kForbidden);
    EXPECT_FALSE(check_holder(hospital, book, "")) << "any holder is not its own";
    EXPECT_FALSE(check_holder(Principal{"h", role, "", {}, {}}, book, ""));
  }
}

TEST(OwnHolder, AGovernorSeesTheOwnPrefecture) {
  const PolicyBook book = book_of_three();
  const Principal governor{"g", Role::kAuditorGovernor, {}, {}, "13"};
  EXPECT_TRUE(check_holder(governor, book, "1310000001"));
  EXPECT_FALSE(check_holder(governor, book, "2710000001"));
  EXPECT_FALSE(check_holder(governor, book, ""));
  EXPECT_FALSE(check_holder(Principal{"g", Role::kAuditorGovernor, {}, {}, {}}, book, "1310000001"));
}

TEST(OwnRecipient, AnOperatorAsksOnlyForItself) {
  const PolicyBook book = book_of_three();
  const Principal ldi{"o", Role::kOperatorBatch, {}, "LDI", {}};
  EXPECT_TRUE(check_recipient(ldi, book, "LDI"));
  EXPECT_TRUE(check_recipient(ldi, book, "OLD"));
  EXPECT_FALSE(check_recipient(ldi, book, "JMIMO"));
  EXPECT_FALSE(check_recipient(ldi, book, ""));
  EXPECT_TRUE(check_recipient(Principal{"h", Role::kHolderBatch, "1310000001", {}, {}}, book, "JMIMO"));
}

}  // namespace
}  // namespace ishi::api
