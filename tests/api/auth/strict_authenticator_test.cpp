#include "api/auth/strict_authenticator.h"

#include <gtest/gtest.h>

#include "api/auth/api_keys.h"
#include "registry/bytes.h"
#include "registry/merkle/sha256.h"
#include "registry/ports/event_log.h"
#include "tests/support/fake_clock.h"

namespace ishi::api {
namespace {

constexpr std::string_view kKey = "a-key-of-the-hospital-0001";

std::shared_ptr<const PolicyBook> book_with_key(bool there) {
  auto book = std::make_shared<PolicyBook>();
  if (there)
    book->callers.emplace(
        "hospital", Caller{"hospital", Role::kHolderBatch, to_hex(sha256(as_bytes(kKey))), "1310000001", "", "13", {}});
  return book;
}

// A node that has applied one policy while the log's newest is another, or cannot be read.
struct LateNode final : StatusSource {
  std::shared_ptr<const PolicyBook> applied, newest;
  std::optional<Error> away;
  std::chrono::seconds age{5};
  mutable int strict_views = 0;
  mutable Freshness last;

  Result<View> view(const Freshness& freshness) const override {
    if (freshness.staleness_max && (away || *freshness.staleness_max >= age)) {
      if (*freshness.staleness_max < age) return fail(*away);
      return View{Position(7), {}, EventIndex(0), applied, age};
    }
    ++strict_views;
    last = freshness;
    if (away) return fail(*away);
    return View{Position(9), {}, EventIndex(8), newest, {}};
  }
  Result<View> view_at(Position) const override { return fail(Error{}); }
  Result<void> decide_all(const View&, const Question&, std::span<const Token>, std::span<const TokenForms>,
                          std::span<ReasonCode>) const override {
    return {};
  }
  Result<Match> find(const View&, const Token&, const TokenForms*) const override { return Match{}; }
};

struct Doorkeeper : ::testing::Test {
  ishi::testing::FakeClock clock{"2026-11-20T12:00:00+09:00"};
  ApiKeys keys{clock};
  LateNode node;
  StrictAuthenticator doorkeeper{keys, node, std::chrono::milliseconds(100)};

  Result<Principal> ask(std::string path, std::vector<std::pair<std::string, std::string>> headers) {
    Request request;
    request.path = std::move(path);
    request.headers = std::move(headers);
    return doorkeeper.who_asks(request);
  }
  static std::pair<std::string, std::string> bearer() { return {"Authorization", "Bearer " + std::string(kKey)}; }
};

TEST_F(Doorkeeper, ARevokedKeyIsRefusedByANodeThatHasNotHeardOfItYet) {
  node.applied = book_with_key(true);
  node.newest = book_with_key(false);
  EXPECT_EQ(ask("/v1/filter", {bearer()}).error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(ask("/v1/filter", {bearer(), {"Ishi-Max-Staleness", "3600"}}).error().kind, ErrorKind::kUnauthenticated)
      << "asking for less freshness does not bring a key back";
}

TEST_F(Doorkeeper, WhoMustNotWaitIsJudgedStrictlyOrNotYet) {
  node.applied = node.newest = book_with_key(true);
  Request request;
  request.path = "/v1/status/x";
  request.headers = {bearer(), {"Ishi-Max-Staleness", "3600"}};
  request.at_once_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  EXPECT_TRUE(doorkeeper.who_asks(request).has_value());
  EXPECT_TRUE(node.last.at_once);
  EXPECT_EQ(node.last.deadline, *request.at_once_until);
  node.away = would_wait();
  EXPECT_EQ(doorkeeper.who_asks(request).error(), would_wait()) << "an older policy is for those who have waited";
}

TEST_F(Doorkeeper, ANewKeyIsTakenByANodeThatHasNotHeardOfItYet) {
  node.applied = book_with_key(false);
  node.newest = book_with_key(true);
  const auto principal = ask("/v1/filter", {bearer()});
  ASSERT_TRUE(principal.has_value());
  EXPECT_EQ(principal->id, "hospital");
  ASSERT_TRUE(principal->view.has_value()) << "the question itself needs no second look at the log's head";
  EXPECT_EQ(principal->view->position, Position(9));
  EXPECT_EQ(node.strict_views, 1);
}

TEST_F(Doorkeeper, WhileTheLogIsAwayNobodyIsLetInButForWhatTheyAskedToBeOld) {
  node.applied = node.newest = book_with_key(true);
  for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kNotFreshYet}) {
    node.away = Error{kind, "database_away", "away"};
    EXPECT_EQ(ask("/v1/filter", {bearer()}).error().kind, kind);
    EXPECT_EQ(ask("/v1/filter", {bearer(), {"Ishi-Max-Staleness", "4"}}).error().kind, kind)
        << "it is five seconds old";
    EXPECT_EQ(ask("/v1/filter", {bearer(), {"Ishi-Max-Staleness", "nonsense"}}).error().kind, kind);
    const auto loosened = ask("/v1/filter", {bearer(), {"Ishi-Max-Staleness", "6"}});
    ASSERT_TRUE(loosened.has_value());
    EXPECT_FALSE(loosened->view.has_value()) << "an old view must never serve as a strict one";
    EXPECT_TRUE(ask("/metrics", {bearer()}).has_value());
  }
  node.applied = book_with_key(false);
  EXPECT_FALSE(ask("/v1/filter", {bearer(), {"Ishi-Max-Staleness", "6"}}).has_value());
}

TEST_F(Doorkeeper, WhoShowsNoKeyIsThePublicAndCostsNothing) {
  node.away = Error{ErrorKind::kUnavailable, "database_away", "away"};
  EXPECT_EQ(ask("/healthz", {})->role, Role::kPublic);
  EXPECT_EQ(node.strict_views, 0);
}

}  // namespace
}  // namespace ishi::api
