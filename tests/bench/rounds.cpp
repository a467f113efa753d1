#include "tests/bench/rounds.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <thread>

#include "registry/bytes.h"
#include "tests/bench/figures.h"
#include "tests/bench/http_connection.h"
#include "tests/bench/load_generator.h"

namespace ishi::bench {
namespace {

constexpr const char* kOperationsKey = "bench-operations-key-0001";
constexpr const char* kQuestion = "?regime=NGMIA_ANON&holder=1312345679&categories=RECEIPT";
constexpr std::size_t kLinesPerRequest = 50'000;

std::string day_ago(int days) {
  const std::time_t then = std::time(nullptr) - days * 86'400;
  std::tm parts{};
  gmtime_r(&then, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

// Seconds on the server's processors for one unit of work, in microseconds.
class CpuMeter {
 public:
  explicit CpuMeter(int process) : process_(process), before_(cpu_seconds_of(process)) {}
  void note(Figure& figure, double units) const {
    if (process_ > 0) figure.server_cpu.push_back((cpu_seconds_of(process_) - before_) * 1e6 / units);
  }

 private:
  int process_;
  double before_;
};

// A node that is still applying ten million notices says 503 to what must be judged by all of them. As a feed does, it
// is asked again; the waiting counts.
double post_lines(HttpConnection& connection, const std::string& kind, const std::string& body, std::size_t lines) {
  const std::string head =
      HttpConnection::head("POST", "/v1/" + kind + "?results=rejected", kOperationsKey, "text/csv", body.size());
  const Stopwatch watch;
  constexpr int kTriesMax = 120;
  auto reply = connection.exchange(head, body);
  for (int tries = 1; reply.status == 503 && tries < kTriesMax; ++tries) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    reply = connection.exchange(head, body);
  }
  require(reply.status == 200,
          "POST /v1/" + kind + ": " + std::to_string(reply.status) + " " + std::string(reply.body.substr(0, 400)));
  require(reply.body.find("\"accepted\":" + std::to_string(lines)) != std::string_view::npos,
          "not every line was taken: " + std::string(reply.body.substr(0, 400)));
  return watch.seconds();
}

struct FilterCase {
  std::string name, unit, answer, type;
  const std::string* body;
  std::string_view expected;
  std::size_t rows;
};

void filter_round(const Setup& setup, Table& table, const FilterCase& wanted, std::string_view body, unsigned clients) {
  Figure& figure = table.figure(wanted.name, wanted.unit);
  const std::string head =
      HttpConnection::head("POST", std::string("/v1/filter") + kQuestion + "&answer=" + wanted.answer, kHospitalKey,
                           wanted.type, body.size());
  constexpr int kRequests = 4;
  std::vector<std::unique_ptr<HttpConnection>> connections;
  for (unsigned i = 0; i < clients; ++i) connections.push_back(std::make_unique<HttpConnection>(setup.server_port));
  const CpuMeter meter(setup.server_process);
  const Stopwatch watch;
  std::vector<std::jthread> threads;
  const auto work = [&](unsigned number) {
    for (int i = 0; i < kRequests; ++i) {
      const auto reply = connections[number]->exchange(head, body);
      if (reply.status != 200)
        wrong("filter: " + std::to_string(reply.status) + " " + std::string(reply.body.substr(0, 400)));
      require(reply.body == wanted.expected, wanted.name + ": a wrong answer");
    }
  };
  for (unsigned i = 1; i < clients; ++i) threads.emplace_back(work, i);
  work(0);
  threads.clear();
  const double rows = static_cast<double>(wanted.rows) * kRequests * clients;
  figure.rates.push_back(rows / watch.seconds());
  meter.note(figure, rows / 1e6);
  figure.remark = "server CPU is per million";
}

// Only the taking in: what Pistache's own body path can carry, and what ours can.
void body_round(Table& table, const char* name, int port, std::string_view body, int status) {
  if (port == 0) return;
  constexpr int kRequests = 4;
  HttpConnection connection(port);
  const std::string head =
      HttpConnection::head("POST", std::string("/v1/filter") + kQuestion, kHospitalKey, "image/png", body.size());
  const Stopwatch watch;
  for (int i = 0; i < kRequests; ++i) {
    const auto reply = connection.exchange(head, body);
    require(reply.status == status, std::string(name) + ": " + std::to_string(reply.status));
  }
  Figure& figure = table.figure(name, "tokens");
  figure.rates.push_back(static_cast<double>(body.size() / sizeof(Token)) * kRequests / watch.seconds());
  figure.remark = "1 client";
}

}  // namespace

void load_house(const Setup& setup, Table& table) {
  HttpConnection connection(setup.server_port);
  const std::string recent = day_ago(1), old = "2025-06-02";
  Figure& notices = table.figure(kNotices, "lines");
  const std::string head = "token,holder,regime,template,method,date\n";
  for (std::uint64_t from = 0; from < setup.people; from += kLinesPerRequest) {
    const std::uint64_t to = std::min<std::uint64_t>(setup.people, from + kLinesPerRequest);
    std::string body = head;
    body.reserve(100 * kLinesPerRequest);
    for (std::uint64_t i = from; i < to; ++i)
      body.append(to_hex(token_of(i).bytes()))
          .append(",")
          .append(kHolder)
          .append(",NGMIA_ANON,")
          .append(kTemplate)
          .append(",N3,")
          .append(told_lately(i) ? recent : old)
          .append("\n");
    const CpuMeter meter(setup.server_process);
    notices.rates.push_back(static_cast<double>(to - from) / post_lines(connection, "notices", body, to - from));
    meter.note(notices, static_cast<double>(to - from));
  }
  std::string cards = "insurer,symbol,number,branch,holder,regime,template,method,date\n";
  std::size_t lines = 0;
  Figure& with_cards = table.figure("the same with insurance numbers", "lines");
  for (std::uint64_t i = 0; i < setup.cards; ++i) {
    cards.append(insurance_fields(i, ','))
        .append(",")
        .append(kHolder)
        .append(",NGMIA_ANON,")
        .append(kTemplate)
        .append(",N3,")
        .append(old)
        .append("\n");
    if (++lines < kLinesPerRequest && i + 1 < setup.cards) continue;
    with_cards.rates.push_back(static_cast<double>(lines) / post_lines(connection, "notices", cards, lines));
    cards.resize(cards.find('\n') + 1);
    lines = 0;
  }
  std::string objections = "token,regimes,requester,channel\n";
  for (std::uint64_t i = 0; i < setup.people; ++i) {
    if (objected(i)) objections.append(to_hex(token_of(i).bytes())).append(",,SELF,COUNTER_PAPER\n"), ++lines;
    if (lines == 0 || (lines < 10'000 && i + 1 < setup.people)) continue;
    post_lines(connection, "objections", objections, lines);
    objections.resize(objections.find('\n') + 1);
    lines = 0;
  }
}

void filter_rounds(const Setup& setup, Table& table, const Batch& batch, RedisPeer* redis, PostgresPeer* postgres) {
  const std::string allowed = allowed_bytes(batch), bitmap = allowed_bitmap(batch);
  const std::string hex = as_hex_lines(batch, false), hex_allowed = as_hex_lines(batch, true);
  const CardBatch cards = make_card_batch(batch.tokens.size(), setup.cards, 3);
  const std::string_view octets = batch.bytes();
  const FilterCase cases[] = {
      {kAllowed, "tokens", "allowed", "application/octet-stream", nullptr, allowed, batch.tokens.size()},
      {kBitmap, "tokens", "bitmap", "application/octet-stream", nullptr, bitmap, batch.tokens.size()},
      {kHexLines, "lines", "allowed", "text/plain", &hex, hex_allowed, batch.tokens.size()},
      {kCardLines, "lines", "allowed", "text/plain", &cards.lines, cards.allowed_lines, cards.count},
  };
  for (int round = 0; round < setup.rounds; ++round) {
    for (const unsigned clients : {1U, 2U})
      for (FilterCase wanted : cases) {
        wanted.name += clients == 1 ? ", 1 client" : kTwoClients;
        filter_round(setup, table, wanted, wanted.body ? std::string_view(*wanted.body) : octets, clients);
      }
    body_round(table, kOwnBody, setup.server_port, octets, 415);
    body_round(table, kStockBody, setup.route_port, octets, 200);
    const auto peer = [&](const char* name, std::size_t count,
                          const std::function<std::vector<std::uint8_t>(std::span<const Token>)>& ask) {
      const auto tokens = std::span(batch.tokens).first(std::min(count, batch.tokens.size()));
      const Stopwatch watch;
      const auto codes = ask(tokens);
      table.figure(name, "tokens").rates.push_back(static_cast<double>(tokens.size()) / watch.seconds());
      require(std::equal(codes.begin(), codes.end(), batch.truth.begin()), std::string(name) + ": a wrong answer");
    };
    if (redis) peer(kRedis, batch.tokens.size(), [&](auto tokens) { return redis->ask(tokens); });
    if (postgres) {
      peer(kPostgresAny, 200'000, [&](auto tokens) { return postgres->ask_any(tokens); });
      peer(kPostgresJoin, batch.tokens.size(), [&](auto tokens) { return postgres->ask_by_join(tokens); });
    }
  }
}

void single_rounds(const Setup& setup, Table& table) {
  std::vector<SmallRequest> house, lua, route;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const std::uint64_t person = mixed(i) % (setup.people + setup.people / 20);
    const std::string hex = to_hex(token_of(person).bytes());
    const ReasonCode truth = truth_of(person, setup.people);
    const std::string expected = "\"code\":\"" + std::string(name_of(truth)) + "\"";
    house.push_back({HttpConnection::head("GET", "/v1/status/" + hex + kQuestion, kHospitalKey, "", 0), expected});
    lua.push_back({HttpConnection::head("GET", "/status/" + hex + kQuestion, kHospitalKey, "", 0),
                   std::string("\"code\":\"") + static_cast<char>('A' + static_cast<int>(truth)) + "\""});
    route.push_back({house.back().bytes, "ALLOW"});
  }
  constexpr std::size_t kConnections = 32;
  const auto measure = [&](const char* name, int port, int process, const std::vector<SmallRequest>& requests,
                           double rate) {
    if (port == 0) return;
    Figure& figure = table.figure(name, "checks");
    const CpuMeter meter(process);
    const LoadResult result = run_load(port, requests, kConnections, 2, rate);
    require(result.wrong == 0, std::string(name) + ": wrong answers");
    figure.rates.push_back(result.rate);
    figure.p99_ms.push_back(result.p99_ms);
    meter.note(figure, static_cast<double>(result.answers));
  };
  for (int round = 0; round < setup.rounds; ++round) {
    measure(kSingle, setup.server_port, setup.server_process, house, 0);
    measure(kSingleLua, setup.lua_port, 0, lua, 0);
    measure(kSingleRoute, setup.route_port, setup.route_process, route, 0);
  }
  for (int round = 0; round < setup.rounds; ++round) {
    measure(kSingleHalf, setup.server_port, setup.server_process, house, table.rate(kSingle) / 2);
    measure(kSingleRouteHalf, setup.route_port, setup.route_process, route, table.rate(kSingle) / 2);
  }
}

void opt_out_rounds(const Setup& setup, Table& table, const Batch& batch) {
  std::atomic<bool> ending = false;
  const auto measure = [&](const char* name, std::uint64_t first, int round) {
    std::vector<SmallRequest> requests;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const std::string line =
          "{\"token\":\"" + to_hex(token_of((first + static_cast<std::uint64_t>(round)) * 1'000'000'000 + i).bytes()) +
          "\",\"requester\":\"SELF\",\"channel\":\"COUNTER_PAPER\"}\n";
      requests.push_back(
          {HttpConnection::head("POST", "/v1/objections", kOperationsKey, "application/x-ndjson", line.size()) + line,
           "\"accepted\":1"});
    }
    const LoadResult result = run_load(setup.server_port, requests, 64, 2, 0, true);
    require(result.wrong == 0, std::string(name) + ": wrong answers");
    Figure& figure = table.figure(name, "opt-outs");
    figure.rates.push_back(result.rate);
    figure.p99_ms.push_back(result.p99_ms);
    figure.remark = "64 connections";
  };
  for (int round = 0; round < setup.rounds; ++round) measure(kOptOuts, 1'000, round);
  std::jthread filters([&] {
    HttpConnection connection(setup.server_port);
    const std::string head = HttpConnection::head("POST", std::string("/v1/filter") + kQuestion + "&answer=bitmap",
                                                  kHospitalKey, "application/octet-stream", batch.bytes().size());
    while (!ending) require(connection.exchange(head, batch.bytes()).status == 200, "a filter failed beside opt-outs");
  });
  for (int round = 0; round < setup.rounds; ++round) measure(kOptOutsBesideFilters, 2'000, round);
  ending = true;
}

}  // namespace ishi::bench
