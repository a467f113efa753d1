// The server against clients that mean harm or know no better, over real sockets on loopback.
#include "api/http/pistache_server.h"

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

#include <gtest/gtest.h>

#include "tests/api/http/raw_client.h"

namespace ishi::api {
namespace {

using namespace std::chrono_literals;

struct HttpServer : testing::Test {
  static constexpr std::size_t kBodyMax = std::size_t{64} << 20;
  Router router{[](const Request&) -> Result<Principal> { return Principal{"test", Role::kHolderBatch, {}, {}, {}}; }};
  std::unique_ptr<PistacheServer> server;
  std::shared_ptr<std::latch> entered = std::make_shared<std::latch>(1), release = std::make_shared<std::latch>(1);
  std::atomic<int> statuses_seen = 0;

  void serve(ServerOptions options = {}) {
    const auto simple = [](std::string body) {
      return [body](const Request&, const Principal&) { return Response{200, "text/plain", {}, body}; };
    };
    router.add({Method::kGet, "/hello", Action::kReadHealth, {}, {}, 0, simple("hello")});
    router.add(
        {Method::kGet, "/number/{n}", Action::kReadHealth, {}, {}, 0, [](const Request& request, const Principal&) {
           return Response{200, "text/plain", {}, request.parameters.at("n")};
         }});
    router.add({Method::kGet,
                "/quick/{n}",
                Action::kReadHealth,
                {},
                {},
                0,
                [](const Request& request, const Principal&) {
                  return Response{200, "text/plain", {}, request.received ? request.parameters.at("n") : "when?"};
                },
                Lane::kFastPath});
    router.add({Method::kPost,
                "/holds",
                Action::kReadLog,
                {},
                {"text/plain"},
                kBodyMax,
                [enter = entered, leave = release](const Request&, const Principal&) {
                  enter->count_down();
                  leave->wait();
                  return Response{200, "text/plain", {}, "held"};
                }});
    router.add(
        {Method::kGet, "/large", Action::kReadHealth, {}, {}, 0, simple(std::string(std::size_t{100} << 20, 'x'))});
    router.add(
        {Method::kGet, "/medium", Action::kReadHealth, {}, {}, 0, simple(std::string(std::size_t{4} << 20, 'x'))});
    router.add(
        {Method::kGet, "/throws", Action::kReadHealth, {}, {}, 0, [](const Request&, const Principal&) -> Response {
           throw std::runtime_error("secret");
         }});
    router.add({Method::kGet,
                "/waits",
                Action::kReadHealth,
                {},
                {},
                0,
                [enter = entered, leave = release](const Request&, const Principal&) {
                  enter->count_down();
                  leave->wait();
                  return Response{200, "text/plain", {}, "waited"};
                }});
    router.add({Method::kPost,
                "/echo",
                Action::kReadLog,
                {},
                {"text/plain"},
                kBodyMax,
                [](const Request& request, const Principal&) {
                  return Response{200, "text/plain", {}, std::string(request.body)};
                }});
    server = std::make_unique<PistacheServer>(options, router, [this](const Served&) { ++statuses_seen; });
    ASSERT_TRUE(server->start());
    ASSERT_NE(server->port(), 0);
  }
  void expect_alive() {
    Client client(server->port());
    client.say(get("/hello"));
    EXPECT_EQ(body_of(client.hear()), "hello");
  }
};

TEST_F(HttpServer, KeepsHttp11ConnectionsOpenWithoutBeingAsked) {
  serve();
  Client client(server->port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(client.say(get("/number/" + std::to_string(i))));
    EXPECT_EQ(body_of(client.hear()), std::to_string(i));
  }
  EXPECT_EQ(server->connections(), 1u);
  EXPECT_EQ(statuses_seen, 50);
}

TEST_F(HttpServer, TakesTheNextLargeRequestTheMomentItsAnswerIsOut) {
  ServerOptions options;
  options.ahead_bytes_max = 16 * 1024;  // a client that runs ahead by more is cut off
  serve(options);
  Client client(server->port());
  const std::string request = post("/echo", std::string(std::size_t{2} << 20, 'x'));
  for (int round = 0; round < 200; ++round) {
    ASSERT_TRUE(client.say(request)) << "round " << round;
    ASSERT_EQ(status_of(client.hear()), 200) << "round " << round;
  }
}

TEST_F(HttpServer, AnswersEveryPipelinedRequestInOrder) {
  serve();
  Client client(server->port());
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += i % 3 == 0 ? post("/echo", std::to_string(i)) : get("/number/" + std::to_string(i));
  ASSERT_TRUE(client.say(all));
  for (int i = 0; i < 100; ++i) ASSERT_EQ(body_of(client.hear()), std::to_string(i));
}

TEST_F(HttpServer, SaysContinueToThoseWhoAsk) {
  serve();
  Client client(server->port());
  client.say(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nExpect: 100-continue\r\nContent-Length: "
      "3\r\n\r\n");
  EXPECT_EQ(status_of(client.hear()), 100);
  client.say("abc");
  EXPECT_EQ(body_of(client.hear()), "abc");
}

TEST_F(HttpServer, GarbageIsAnsweredAndShutOut) {
  serve();
  for (const char* garbage :
       {"\x16\x03\x01\x00\xa5\x01", "hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    Client client(server->port());
    client.say(garbage);
    const std::string answer = client.hear();
    EXPECT_TRUE(status_of(answer) == 400 || status_of(answer) == 505) << answer;
    EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
    EXPECT_EQ(answer.find("basic_string"), std::string::npos);
    EXPECT_TRUE(client.closed_by_server());
  }
  expect_alive();
}

TEST_F(HttpServer, WhatAHandlerThrowsNeverReachesTheClient) {
  serve();
  Client client(server->port());
  client.say(get("/throws"));
  const std::string answer = client.hear();
  EXPECT_EQ(status_of(answer), 500);
  EXPECT_EQ(answer.find("secret"), std::string::npos);
  expect_alive();
}

TEST_F(HttpServer, ASlowHeadAndASlowBodyTimeOut) {
  ServerOptions options;
  options.header_timeout = options.body_timeout = 200ms;
  serve(options);
  Client head(server->port()), body(server->port());
  head.say("GET /hello HT");
  body.say("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(status_of(head.hear()), 408);
  EXPECT_EQ(status_of(body.hear()), 408);
  EXPECT_TRUE(head.closed_by_server());
  EXPECT_TRUE(body.closed_by_server());
}

TEST_F(HttpServer, IdleConnectionsAreClosed) {
  ServerOptions options;
  options.keepalive_timeout = 200ms;
  serve(options);
  Client silent(server->port()), used(server->port());
  used.say(get("/hello"));
  EXPECT_EQ(body_of(used.hear()), "hello");
  EXPECT_TRUE(used.closed_by_server());
  EXPECT_TRUE(silent.closed_by_server());
}

TEST_F(HttpServer, RefusesABodyOverTheLimitBeforeItComes) {
  serve();
  Client client(server->port());
  client.say("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 999999999999\r\n\r\n");
  const std::string answer = client.hear();
  EXPECT_EQ(status_of(answer), 413);
  EXPECT_NE(answer.find("67108864"), std::string::npos);
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(HttpServer, LargeBodiesComeAndGoWhole) {
  serve();
  std::string body(20 << 20, 'a');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  Client client(server->port());
  std::thread writer([&] { client.say(post("/echo", body)); });
  const std::string answer = client.hear();
  writer.join();
  EXPECT_TRUE(body_of(answer) == body);
}

TEST_F(HttpServer, ChunkedBodiesArriveWhole) {
  serve();
  Client client(server->port());
  client.say("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.say("3\r\nabc\r\n");
  client.say("4\r\ndefg\r\n0\r\n\r\n");
  EXPECT_EQ(body_of(client.hear()), "abcdefg");
}

TEST_F(HttpServer, AHundredMegabytesReachASlowReaderWhileOthersAreServed) {
  ServerOptions options;
  options.workers = 1;  // a slow reader must not hold it
  serve(options);
  Client slow(server->port(), 4'096);
  slow.say(get("/large"));
  for (int i = 0; i < 10; ++i) expect_alive();
  EXPECT_EQ(body_of(slow.hear()).size(), std::size_t{100} << 20);
}

TEST_F(HttpServer, AReaderWhoStopsReadingIsCutOff) {
  ServerOptions options;
  options.send_timeout = 300ms;
  serve(options);
  Client stuck(server->port(), 4'096);
  stuck.say(get("/large"));
  while (server->in_flight() == 0) std::this_thread::sleep_for(1ms);
  while (server->in_flight() > 0) std::this_thread::sleep_for(5ms);
  expect_alive();
}

TEST_F(HttpServer, HeadKeepsTheLengthAndDropsTheBody) {
  serve();
  Client client(server->port());
  client.say("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = client.hear(true);
  EXPECT_NE(answer.find("Content-Length: 5"), std::string::npos);
  client.say(get("/number/7"));
  EXPECT_EQ(body_of(client.hear()), "7");
}

TEST_F(HttpServer, AFullQueueIs503AtOnce) {
  ServerOptions options;
  options.workers = 1;
  options.queue_max = 1;
  serve(options);
  Client working(server->port()), waiting(server->port()), refused(server->port());
  working.say(get("/waits"));
  entered->wait();
  waiting.say(get("/hello"));
  while (server->waiting() == 0) std::this_thread::sleep_for(1ms);
  refused.say(get("/hello"));
  const std::string answer = refused.hear();
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_NE(answer.find("Retry-After"), std::string::npos);
  release->count_down();
  EXPECT_EQ(body_of(working.hear()), "waited");
  EXPECT_EQ(body_of(waiting.hear()), "hello");
}

TEST_F(HttpServer, TooManyConnectionsAreTurnedAway) {
  ServerOptions options;
  options.connections_max = 2;
  serve(options);
  Client first(server->port()), second(server->port());
  first.say(get("/hello"));
  second.say(get("/hello"));
  EXPECT_EQ(status_of(first.hear()), 200);
  EXPECT_EQ(status_of(second.hear()), 200);
  Client third(server->port());
  EXPECT_EQ(status_of(third.hear()), 503);
  EXPECT_TRUE(third.closed_by_server());
}

TEST_F(HttpServer, AnAnswerNeverReachesTheNextClientOnTheSameDescriptor) {
  serve();
  {
    Client gone(server->port());
    gone.say(get("/waits"));
    entered->wait();
  }
  Client next(server->port());  // likely gets the same descriptor
  next.say(get("/number/1"));
  EXPECT_EQ(body_of(next.hear()), "1");
  release->count_down();
  next.say(get("/number/2"));
  EXPECT_EQ(body_of(next.hear()), "2");
}

TEST_F(HttpServer, AClientThatHasClosedItsHalfStillGetsTheAnswer) {
  serve();
  Client client(server->port());
  client.say(get("/hello"));
  client.half_close();
  EXPECT_EQ(body_of(client.hear()), "hello");
}

TEST_F(HttpServer, ClientsThatLeaveInTheMiddleLeaveNothingBehind) {
  serve();
  for (int i = 0; i < 50; ++i) {
    Client client(server->port());
    client.say(i % 2 ? "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\nabc"
                     : get("/medium"));
  }
  expect_alive();
  while (server->connections() > 1 || server->in_flight() > 0) std::this_thread::sleep_for(5ms);
}

TEST_F(HttpServer, StoppingFinishesWhatIsInWork) {
  serve();
  Client working(server->port());
  working.say(get("/waits"));
  entered->wait();
  Client late(server->port());
  late.say(get("/hello"));
  EXPECT_EQ(status_of(late.hear()), 200);
  std::thread stopping([&] { EXPECT_TRUE(server->stop(10s)); });
  for (;;) {  // a connection that came before now hears that it is over
    late.say(get("/hello"));
    const std::string answer = late.hear();
    if (answer.empty() || status_of(answer) == 503) break;
  }
  release->count_down();
  const std::string answer = working.hear();
  EXPECT_EQ(body_of(answer), "waited");
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopping.join();
}

TEST_F(HttpServer, TwoServersCannotHaveOnePort) {
  serve();
  ServerOptions same;
  same.port = server->port();
  PistacheServer second(same, router);
  EXPECT_FALSE(second.start());
}

TEST_F(HttpServer, NothingSmallWaitsBehindWhatIsLarge) {
  ServerOptions options;
  options.large_workers = 1;
  serve(options);
  Client large(server->port()), small(server->port()), quick(server->port());
  ASSERT_TRUE(large.say(post("/holds", std::string(options.large_body_bytes + 1, 'x'))));
  entered->wait();  // the only thread for large bodies is taken
  Client next(server->port());
  ASSERT_TRUE(next.say(post("/echo", std::string(options.large_body_bytes + 1, 'y'))));
  small.say(get("/hello"));
  EXPECT_EQ(body_of(small.hear()), "hello");
  quick.say(get("/quick/7"));
  EXPECT_EQ(body_of(quick.hear()), "7");
  release->count_down();
  EXPECT_EQ(body_of(large.hear()), "held");
  EXPECT_EQ(body_of(next.hear()).size(), options.large_body_bytes + 1);
}

TEST_F(HttpServer, QuickQuestionsAreAnsweredWhileEveryWorkerIsHeld) {
  ServerOptions options;
  options.workers = 1;
  serve(options);
  Client waiting(server->port());
  waiting.say(get("/waits"));
  entered->wait();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(std::make_unique<Client>(server->port()));
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 20; ++i) clients[static_cast<std::size_t>(i)]->say(get("/quick/" + std::to_string(i)));
    for (int i = 0; i < 20; ++i) ASSERT_EQ(body_of(clients[static_cast<std::size_t>(i)]->hear()), std::to_string(i));
  }
  release->count_down();
  EXPECT_EQ(body_of(waiting.hear()), "waited");
}

}  // namespace
}  // namespace ishi::api
