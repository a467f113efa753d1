// Questions answered on the thread that read them, as far as no store is needed; and what happens when one is.
#include <atomic>
#include <latch>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "api/http/pistache_server.h"
#include "api/messages/problem.h"
#include "tests/api/http/raw_client.h"

namespace ishi::api {
namespace {

using namespace std::chrono_literals;

const Problem kLater{503, "would_wait", {}, {}, {}};

struct AtOnce : testing::Test {
  Router router{[](const Request&) -> Result<Principal> { return Principal{"test", Role::kHolderBatch, {}, {}, {}}; }};
  std::unique_ptr<PistacheServer> server;
  std::atomic<int> tried = 0, waited = 0, counted = 0;

  void serve(Handler handler) {
    router.add({Method::kGet, "/quick/{n}", Action::kReadHealth, {"why"}, {}, 0, std::move(handler), Lane::kFastPath});
    router.add({Method::kGet, "/hello", Action::kReadHealth, {}, {}, 0, [](const Request&, const Principal&) {
                  return Response{200, "text/plain", {}, "hello"};
                }});
    ServerOptions options;
    options.reactors = 1;
    server = std::make_unique<PistacheServer>(options, router, [this](const Served&) { ++counted; });
    ASSERT_TRUE(server->start());
  }
  static Response answer(const Request& request) {
    return {200, "text/plain", {}, request.parameters.at("n") + std::string(request.query_value("why"))};
  }
};

TEST_F(AtOnce, WhatNeedsNoStoreIsAnsweredByTheThreadThatReadIt) {
  std::atomic<int> threads = 0;
  serve([&](const Request& request, const Principal&) {
    thread_local bool seen = false;
    if (!std::exchange(seen, true)) ++threads;
    ++(request.at_once_until ? tried : waited);
    return answer(request);
  });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<Client>(server->port()));
  for (int round = 0; round < 30; ++round) {
    for (std::size_t i = 0; i < clients.size(); ++i) clients[i]->say(get("/quick/" + std::to_string(i)));
    for (std::size_t i = 0; i < clients.size(); ++i) ASSERT_EQ(body_of(clients[i]->hear()), std::to_string(i));
  }
  EXPECT_EQ(tried + waited, 900);
  EXPECT_GT(tried, 0);
  EXPECT_EQ(counted, 900);
  EXPECT_TRUE(waited > 0 || threads == 1);
}

TEST_F(AtOnce, WhatNeedsAStoreIsHandledAgainWhereWaitingIsAllowed) {
  serve([&](const Request& request, const Principal&) {
    if (request.at_once_until) {
      ++tried;
      return problem_response(kLater, request);
    }
    ++waited;
    return answer(request);
  });
  Client client(server->port());
  for (int i = 0; i < 20; ++i) {
    client.say(get("/quick/" + std::to_string(i) + "?why=not"));
    ASSERT_EQ(body_of(client.hear()), std::to_string(i) + "not") << "the first attempt leaves nothing behind";
  }
  EXPECT_EQ(waited, 20);
  EXPECT_GT(tried, 0);
  EXPECT_EQ(counted, 20) << "it is counted as one answer";
}

TEST_F(AtOnce, AStoreThatHangsHoldsUpNobodyElse) {
  std::latch release(1);
  serve([&](const Request& request, const Principal&) {
    if (request.at_once_until) return problem_response(kLater, request);
    release.wait();
    return answer(request);
  });
  Client waiting(server->port()), other(server->port());
  waiting.say(get("/quick/1"));
  other.say(get("/hello"));
  EXPECT_EQ(body_of(other.hear()), "hello") << "the only thread that reads is free";
  release.count_down();
  EXPECT_EQ(body_of(waiting.hear()), "1");
}

TEST_F(AtOnce, WhoeverWasHeldUpLeavesTheNextQuestionsToThoseWhoMayWait) {
  serve([&](const Request& request, const Principal&) {
    if (request.at_once_until) {
      ++tried;
      std::this_thread::sleep_until(*request.at_once_until + 1ms);
      return problem_response(kLater, request);
    }
    return answer(request);
  });
  Client client(server->port());
  for (int i = 0; i < 50; ++i) {
    client.say(get("/quick/" + std::to_string(i)));
    ASSERT_EQ(body_of(client.hear()), std::to_string(i));
  }
  EXPECT_GE(tried, 1);
  EXPECT_LT(tried, 50);
}

TEST_F(AtOnce, A503ThatIsMeantIsTold) {
  serve([](const Request& request, const Principal&) { return problem_response(kLater, request); });
  Client client(server->port());
  client.say(get("/quick/1"));
  EXPECT_EQ(status_of(client.hear()), 503);
}

TEST_F(AtOnce, PipelinedQuestionsAreAnsweredInOrder) {
  serve([](const Request& request, const Principal&) { return answer(request); });
  Client client(server->port());
  std::string all;
  for (int i = 0; i < 100; ++i) all += get("/quick/" + std::to_string(i));
  ASSERT_TRUE(client.say(all));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(body_of(client.hear()), std::to_string(i));
}

TEST_F(AtOnce, WhoeverLeavesBeforeTheAnswerLeavesNothingBehind) {
  serve([](const Request& request, const Principal&) { return answer(request); });
  for (int i = 0; i < 200; ++i) {
    Client client(server->port());
    client.say(get("/quick/1"));
  }
  for (int i = 0; i < 1'000 && (server->connections() > 0 || server->in_flight() > 0); ++i)
    std::this_thread::sleep_for(10ms);
  EXPECT_EQ(server->connections(), 0U);
  EXPECT_EQ(server->in_flight(), 0U);
}

}  // namespace
}  // namespace ishi::api
