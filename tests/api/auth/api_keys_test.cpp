#include "api/auth/api_keys.h"

#include <openssl/sha.h>

#include <gtest/gtest.h>

#include "registry/bytes.h"
#include "tests/support/fake_clock.h"

namespace ishi::api {
namespace {

constexpr std::string_view kKey = "a-key-of-the-hospital-0001";

std::string hash_of(std::string_view key) {
  std::array<std::uint8_t, 32> digest;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return to_hex(digest);
}

std::shared_ptr<const PolicyBook> book_with(Role role, DateRange valid = {}, std::string_view key = kKey) {
  auto book = std::make_shared<PolicyBook>();
  book->callers.emplace("hospital", Caller{"hospital", role, hash_of(key), "1310000001", "", "13", valid});
  return book;
}

struct Keys : ::testing::Test {
  ishi::testing::FakeClock clock{"2026-11-20T12:00:00+09:00"};
  ApiKeys keys{clock};
  Result<Principal> ask(const std::shared_ptr<const PolicyBook>& book, std::string header) {
    Request request;
    if (!header.empty()) request.headers.emplace_back("authorization", std::move(header));
    return keys.authenticate(request, book);
  }
};

TEST_F(Keys, AKnownKeyIsItsCaller) {
  const auto who = ask(book_with(Role::kHolderBatch), "Bearer " + std::string(kKey));
  ASSERT_TRUE(who);
  EXPECT_EQ(who->id, "hospital");
  EXPECT_EQ(who->role, Role::kHolderBatch);
  EXPECT_EQ(who->holder, "1310000001");
  EXPECT_EQ(who->prefecture, "13");
  EXPECT_TRUE(ask(book_with(Role::kHolderBatch), "bEARER  " + std::string(kKey)));
}

TEST_F(Keys, NoCredentialsIsThePublic) {
  EXPECT_EQ(ask(book_with(Role::kHolderBatch), "")->role, Role::kPublic);
  EXPECT_EQ(ask(nullptr, "")->id, "anonymous");
}

TEST_F(Keys, WrongCredentialsAreNobody) {
  const auto book = book_with(Role::kHolderBatch);
  for (const std::string header :
       {"Bearer a-key-of-the-hospital-0002", "Bearer short", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz",
        "a-key-of-the-hospital-0001", "B", "Bearer a-key-of-the-hospital-0001 "})
    EXPECT_EQ(ask(book, header).error().kind, ErrorKind::kUnauthenticated) << header;
  EXPECT_FALSE(ask(book, "Bearer " + std::string(10'000, 'a')));
  EXPECT_FALSE(ask(book, "Bearer " + hash_of(kKey))) << "the stored hash is not the key";
}

TEST_F(Keys, HoldOnlyOnTheirDays) {
  const CivilDate today = jst_date(clock.now());
  EXPECT_TRUE(ask(book_with(Role::kHolderBatch, {today, today.plus_days(1)}), "Bearer " + std::string(kKey)));
  EXPECT_FALSE(ask(book_with(Role::kHolderBatch, {today.plus_days(1), {}}), "Bearer " + std::string(kKey)));
  EXPECT_FALSE(ask(book_with(Role::kHolderBatch, {today.plus_days(-9), today}), "Bearer " + std::string(kKey)));
}

TEST_F(Keys, APersonDoesNotComeInByKey) {
  for (const Role role : {Role::kPatient, Role::kProxy, Role::kBereaved})
    EXPECT_FALSE(ask(book_with(role), "Bearer " + std::string(kKey)));
}

TEST_F(Keys, ANewBookReplacesTheOldKeys) {
  const auto header = "Bearer " + std::string(kKey);
  EXPECT_TRUE(ask(book_with(Role::kHolderBatch), header));
  EXPECT_FALSE(ask(book_with(Role::kHolderBatch, {}, "another-key-altogether"), header));
  EXPECT_TRUE(ask(book_with(Role::kHolderAdmin), header));
}

TEST_F(Keys, WithoutABookNobodyIsKnown) {
  EXPECT_EQ(ask(nullptr, "Bearer " + std::string(kKey)).error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace ishi::api
