// Every request is fed whole, byte by byte, and at every single split: what the reader understands must not depend
// on how the network cut it.
#include "api/http/request_reader.h"

#include <random>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

using State = RequestReader::State;

RequestReader reader_with(std::size_t body_max) {
  return RequestReader({}, [body_max](Method, std::string_view) { return body_max; });
}

struct Outcome {
  State state;
  std::string target, body, headers;
  int status;
  std::size_t taken;
  bool keep_alive, too_large;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(RequestReader& reader, std::size_t taken) {
  std::string headers;
  for (const auto& [name, value] : reader.request().headers) headers += name + "=" + value + ";";
  return {reader.state(),
          reader.target(),
          std::string(reader.request().body),
          headers,
          reader.state() == State::kRefused ? reader.refusal().status : 0,
          taken,
          reader.keep_alive(),
          reader.request().body_too_large};
}

Outcome read(std::string_view text, std::size_t body_max = 1000) {
  RequestReader whole = reader_with(body_max);
  const Outcome expected = outcome_of(whole, whole.feed(text));
  for (std::size_t split = 0; split <= text.size(); ++split) {
    RequestReader reader = reader_with(body_max);
    std::size_t taken = reader.feed(text.substr(0, split));
    if (taken == split) taken += reader.feed(text.substr(split));
    EXPECT_EQ(outcome_of(reader, taken), expected) << "split at " << split;
  }
  RequestReader dripping = reader_with(body_max);
  std::size_t taken = 0;
  for (const char& c : text) taken += dripping.feed({&c, 1});
  EXPECT_EQ(outcome_of(dripping, taken), expected) << "byte by byte";
  return expected;
}

TEST(RequestReader, ReadsARequestWithoutBody) {
  const Outcome got = read("GET /a?b=c HTTP/1.1\r\nHost: x\r\nAccept:  y \r\n\r\n");
  EXPECT_EQ(got.state, State::kDone);
  EXPECT_EQ(got.target, "/a?b=c");
  EXPECT_EQ(got.headers, "Host=x;Accept=y;");
  EXPECT_TRUE(got.keep_alive);
}

TEST(RequestReader, ReadsABodyAndLeavesTheNextRequest) {
  const std::string next = "GET / HTTP/1.1\r\n";
  const Outcome got = read("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello" + next);
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.taken, std::string_view("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").size());
}

TEST(RequestReader, ReadsChunksExtensionsAndTrailers) {
  const Outcome got = read(
      "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_EQ(got.state, State::kDone);
  EXPECT_EQ(got.body, "abc0123456789");
}

TEST(RequestReader, KnowsWhenToStayAndWhenToClose) {
  EXPECT_FALSE(read("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").keep_alive);
  EXPECT_TRUE(read("GET / HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(read("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(RequestReader, TakesAbsoluteTargetsAndLeadingBlankLines) {
  EXPECT_EQ(read("\r\n\r\nGET http://x:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n").target, "/a?b");
  EXPECT_EQ(read("GET http://x HTTP/1.1\r\nHost: x\r\n\r\n").target, "/");
}

TEST(RequestReader, RefusesWhatSmugglersSend) {
  for (const char* text : {
           "GET / HTTP/1.1\r\n\r\n",                                                                 // no Host
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",                                           //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",                               //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n",                               //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n",                              //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n",                                 //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",             //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",           //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n",                             //
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",  //
           "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",                       //
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",                 //
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",                 //
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n",         //
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n",             //
           "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",       // blank before colon
           "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",     //
           "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n",    //
           "GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n",  // bare LF
           "GET / HTTP/1.1\r\nHost: x\r\nno-colon\r\n\r\n",    //
           "GET /\r\nHost: x\r\n\r\n",                         //
           "GET  HTTP/1.1\r\nHost: x\r\n\r\n",                 //
           "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",             //
           "G<T / HTTP/1.1\r\nHost: x\r\n\r\n",                //
           "\x16\x03\x01\x02",                                 // TLS
       }) {
    const Outcome got = read(text);
    EXPECT_EQ(got.state, State::kRefused) << text;
    EXPECT_EQ(got.status, 400) << text;
    EXPECT_FALSE(got.keep_alive) << text;
  }
}

TEST(RequestReader, RefusesOtherVersionsAndEncodings) {
  for (const char* version : {"HTTP/2.0", "HTTP/1.2", "HTTP/1.9", "HTTP/0.9", "HTTP/3.1"})
    EXPECT_EQ(read("PRI * " + std::string(version) + "\r\n\r\n").status, 505) << version;
  for (const char* version : {"HTTP/1.x", "HTTP/1.", "HTTP/11", "HTTP/1.10", "http/1.1", "HTTP/1,1"})
    EXPECT_EQ(read("GET / " + std::string(version) + "\r\nHost: x\r\n\r\n").status, 400) << version;
  EXPECT_EQ(read("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").status, 501);
}

TEST(RequestReader, AHeaderThatHasOneValueComesOnce) {
  for (const char* name : {"Authorization", "content-type", "Idempotency-Key", "Ishi-At-Least", "ISHI-Source"}) {
    const std::string line = std::string(name) + ": a\r\n";
    EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: x\r\n" + line + "\r\n").state, State::kDone) << name;
    const Outcome twice = read("GET / HTTP/1.1\r\n" + line + "Host: x\r\n" + line + "\r\n");
    EXPECT_EQ(twice.state, State::kRefused) << name;
    EXPECT_EQ(twice.status, 400) << name;
  }
  EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: x\r\nAccept: a\r\nAccept: b\r\n\r\n").state, State::kDone) << "a list may";
}

TEST(RequestReader, BoundsHeadTargetAndHeaders) {
  const std::string long_target(9'000, 'a');
  EXPECT_EQ(read("GET /" + long_target + " HTTP/1.1\r\nHost: x\r\n\r\n").status, 414);
  RequestReader endless = reader_with(0);
  EXPECT_LE(endless.feed(std::string(100'000, 'a')), 16'385u);
  EXPECT_EQ(endless.refusal().status, 431);
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  EXPECT_EQ(read(many + "\r\n").status, 431);
}

TEST(RequestReader, ABodyOverTheLimitIsNotReadAndClosesTheConnection) {
  const Outcome got = read("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_EQ(got.state, State::kDone);
  EXPECT_TRUE(got.too_large);
  EXPECT_FALSE(got.keep_alive);
  EXPECT_TRUE(
      read("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nfffffff\r\n").too_large);
}

TEST(RequestReader, AClaimedLengthCostsNoMemory) {
  RequestReader reader = reader_with(std::size_t{1} << 40);
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000000\r\n\r\nx");
  EXPECT_EQ(reader.state(), State::kBody);
  EXPECT_LT(reader.memory_bytes(), 1u << 20);
}

TEST(RequestReader, SaysContinueOnceAndOnlyIfABodyComes) {
  RequestReader reader = reader_with(10);
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_TRUE(reader.take_expects_continue());
  EXPECT_FALSE(reader.take_expects_continue());
  reader.reset();
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_FALSE(reader.take_expects_continue());
}

TEST(RequestReader, BodiesMayBeReceivedInPlace) {
  RequestReader reader = reader_with(300'000);
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nab");
  std::size_t received = 2;
  while (reader.state() == State::kBody) {
    auto room = reader.body_space();
    ASSERT_FALSE(room.empty());
    for (char& c : room) c = 'z';
    received += room.size();
    reader.body_filled(room.size());
  }
  EXPECT_EQ(received, 200'000u);
  EXPECT_EQ(reader.request().body.substr(0, 4), "abzz");
  EXPECT_EQ(reader.request().body.size(), 200'000u);
}

TEST(RequestReader, SurvivesMutilatedRequests) {
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  const std::string good =
      "POST /p?q=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: "
      "100-continue\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (int k = 0; k < 3; ++k) {
      const std::size_t at = random() % text.size();
      if (random() % 2)
        text[at] = static_cast<char>(random());
      else
        text.erase(at, random() % 8);
      if (text.empty()) text = "x";
    }
    RequestReader reader = reader_with(100);
    std::size_t taken = 0;
    while (taken < text.size() && (reader.state() == State::kHead || reader.state() == State::kBody)) {
      const std::size_t some = reader.feed(std::string_view(text).substr(taken, 1 + random() % 20));
      ASSERT_GT(some, 0u) << "seed " << seed;
      taken += some;
    }
    ASSERT_LE(reader.request().body.size(), 100u) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ishi::api
