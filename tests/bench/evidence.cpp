// Evidence at scale (ops/bench --evidence): what ten million events in the log cost those who sign, prove and read it.
//   evidence_at_scale load --postgres CONNECTION --events N
//   evidence_at_scale sign --postgres CONNECTION --key FILE --seconds S
//   evidence_at_scale serve --server PORT [--edge PORT] --seconds S
// Every proof is checked against the signed root and every tile against the tree before anything is counted.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/evidence/checkpoint_signer.h"
#include "api/host/key_file.h"
#include "api/host/system_clock.h"
#include "registry/bytes.h"
#include "registry/merkle/leaf.h"
#include "registry/merkle/merkle.h"
#include "registry/merkle/tile.h"
#include "sql/log/pg_checkpoint_store.h"
#include "sql/log/pg_event_log.h"
#include "tests/bench/http_connection.h"
#include "tests/bench/load_generator.h"
#include "tests/bench/measure.h"

namespace {

using namespace ishi;
using bench::require;

NoticeGiven notice(std::uint64_t number) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i)
    bytes[i] =
        static_cast<std::uint8_t>((number * (i < 8 ? 0x9e3779b97f4a7c15U : 0xc2b2ae3d27d4eb4fU)) >> (8 * (i % 8)));
  return {Token(bytes), "1312345679", "NGMIA_ANON", "letter-anon-2025", NoticeMethod::kHanded, CivilDate(20'000), ""};
}

using Options = std::map<std::string, std::string>;
const std::string& option(const Options& options, const std::string& name) {
  const auto found = options.find(name);
  require(found != options.end(), "--" + name + " is missing");
  return found->second;
}

int load(const Options& options) {
  const api::SystemClock clock;
  const std::uint64_t events = std::stoull(option(options, "events"));
  const auto log = sql::make_pg_log({.connection_string = option(options, "postgres")}, clock);
  const std::uint64_t before = log->head()->position.events();
  const bench::Stopwatch watch;
  for (std::uint64_t done = 0; done < events;) {
    AppendRequest request;
    request.caller = "bench";
    const std::uint64_t count = std::min<std::uint64_t>(50'000, events - done);
    for (std::uint64_t i = 0; i < count; ++i) request.bodies.push_back(notice(done + i));
    const auto appended = log->append(std::move(request));
    require(appended.has_value(), appended ? "" : appended.error().detail);
    done += count;
  }
  require(log->head()->position.events() == before + events, "events are missing");
  std::printf("| bulk append, 50,000 a request | %.0f events/s |\n", static_cast<double>(events) / watch.seconds());
  return 0;
}

// Single durable appends from eight callers for a while; how long each took, in milliseconds, sorted.
std::vector<double> append_for(EventLog& log, double seconds, std::atomic<std::uint64_t>& next) {
  std::vector<std::vector<double>> took(8);
  {
    std::vector<std::jthread> callers;
    for (auto& mine : took)
      callers.emplace_back([&log, &next, &mine, seconds] {
        for (const bench::Stopwatch all; all.seconds() < seconds;) {
          AppendRequest request;
          request.caller = "bench";
          request.bodies.push_back(notice(next++));
          const bench::Stopwatch one;
          require(log.append(std::move(request)).has_value(), "an append failed");
          mine.push_back(one.seconds() * 1e3);
        }
      });
  }
  std::vector<double> sorted;
  for (const auto& mine : took) sorted.insert(sorted.end(), mine.begin(), mine.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

struct Latencies {
  std::vector<double> p50, p99, max, rate;
  void add(const std::vector<double>& sorted, double seconds) {
    p50.push_back(sorted[sorted.size() / 2]);
    p99.push_back(sorted[sorted.size() * 99 / 100]);
    max.push_back(sorted.back());
    rate.push_back(static_cast<double>(sorted.size()) / seconds);
  }
  void print(const char* what) const {
    std::printf("| %s | p50 %.2f ms, p99 %.2f ms, longest %.1f ms, %.0f/s |\n", what, bench::median(p50),
                bench::median(p99), *std::max_element(max.begin(), max.end()), bench::median(rate));
  }
};

int sign(const Options& options) {
  const api::SystemClock clock;
  const double seconds = std::stod(option(options, "seconds"));
  const auto log = sql::make_pg_log({.connection_string = option(options, "postgres")}, clock);
  const auto store = sql::make_pg_checkpoint_store({.connection_string = option(options, "postgres")});
  const auto keys = api::read_key_file(option(options, "key"));
  require(keys.has_value(), "the key cannot be read");
  {
    api::CheckpointPublisher first(*keys, "", *log, *store);
    const bench::Stopwatch watch;
    require(first.run().has_value(), "the log cannot be signed");
    std::printf("| first checkpoint of %llu events, folded from the leaves up | %.1f s |\n",
                static_cast<unsigned long long>(first.last()->checkpoint.size), watch.seconds());
  }
  std::atomic<std::uint64_t> next{1'000'000'000};
  append_for(*log, seconds / 2, next);  // warm
  Latencies without, with;
  std::uint64_t signatures = 0;
  for (int round = 0; round < 5; ++round) {
    without.add(append_for(*log, seconds, next), seconds);
    api::SignerOptions signing{*keys, ""};
    api::CheckpointSigner signer(std::move(signing), {}, *log, *store,
                                 [](const Error& error) { bench::wrong(error.code); });
    signer.start();
    with.add(append_for(*log, seconds, next), seconds);
    signer.stop();
    signatures += signer.stats().signed_count;
  }
  require(signatures > 0, "nothing was signed meanwhile");
  without.print("single appends, 8 callers, nobody signs");
  with.print("the same while the signer signs four times a second");
  std::printf("| signatures meanwhile | %llu in %.0f s |\n", static_cast<unsigned long long>(signatures), 5 * seconds);
  return 0;
}

class Reader {
 public:
  explicit Reader(int port) : connection_(port) {}
  std::string get(const std::string& target) {
    const auto reply = connection_.exchange(request(target), {});
    require(reply.status == 200, target + " answers " + std::to_string(reply.status));
    return std::string(reply.body);
  }
  static std::string request(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: bench\r\nConnection: keep-alive\r\n\r\n";
  }

 private:
  bench::HttpConnection connection_;
};

Digest digest_of(const nlohmann::json& base64) {
  Digest digest{};
  const auto bytes = from_base64(base64.get<std::string>());
  require(bytes && bytes->size() == digest.size(), "a hash is malformed");
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}
std::vector<Digest> digests_of(const nlohmann::json& list) {
  std::vector<Digest> digests;
  for (const auto& item : list) digests.push_back(digest_of(item));
  return digests;
}

void check_proofs(Reader& reader, std::uint64_t size, const std::vector<std::uint64_t>& somewhere) {
  const auto newest = nlohmann::json::parse(reader.get("/v1/proofs/inclusion?index=0"));
  require(newest.at("size") == size, "somebody writes to the log");
  const Digest root = digest_of(newest.at("root"));
  for (std::size_t i = 0; i < 200; ++i) {
    const std::uint64_t index = somewhere[i];
    const auto inclusion = nlohmann::json::parse(reader.get("/v1/proofs/inclusion?index=" + std::to_string(index)));
    require(
        check_inclusion(index, size, digest_of(inclusion.at("leaf_hash")), digests_of(inclusion.at("hashes")), root),
        "an inclusion proof is wrong");
    const auto consistency =
        nlohmann::json::parse(reader.get("/v1/proofs/consistency?from=" + std::to_string(index + 1)));
    const auto earlier = nlohmann::json::parse(
        reader.get("/v1/proofs/inclusion?index=" + std::to_string(index) + "&size=" + std::to_string(index + 1)));
    // The older root, from the last leaf up.
    std::vector<Digest> hashes = digests_of(earlier.at("hashes"));
    Digest old_root = digest_of(earlier.at("leaf_hash"));
    for (const Digest& left : hashes) old_root = merkle_node_hash(left, old_root);
    require(check_consistency(index + 1, old_root, size, root, digests_of(consistency.at("hashes"))),
            "a consistency proof is wrong");
  }
}

void print_load(const char* what, const bench::LoadResult& result) {
  require(result.wrong == 0, std::string(what) + ": wrong answers");
  std::printf("| %s | %.0f/s, p50 %.2f ms, p99 %.2f ms |\n", what, result.rate, result.p50_ms, result.p99_ms);
}

// Full tiles of level 0, `count` of them anywhere in the tree; each must come with its own first hash.
std::vector<bench::SmallRequest> tile_requests(Reader& reader, std::uint64_t tiles, std::size_t count,
                                               std::mt19937_64& random) {
  std::vector<bench::SmallRequest> requests;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string target = "/log/" + tile_path({0, random() % tiles, kTileWidth});
    const std::string body = reader.get(target);
    require(body.size() == kTileWidth * sizeof(Digest), "a tile is too short");
    requests.push_back({Reader::request(target), body.substr(0, sizeof(Digest))});
  }
  return requests;
}

int serve(const Options& options) {
  const double seconds = std::stod(option(options, "seconds"));
  const int server = std::stoi(option(options, "server"));
  Reader reader(server);
  const std::string checkpoint = reader.get("/log/checkpoint");
  const std::uint64_t size = std::stoull(checkpoint.substr(checkpoint.find('\n') + 1));
  std::mt19937_64 random(20'261'120);
  std::vector<std::uint64_t> somewhere(4'000);
  for (auto& index : somewhere) index = random() % size;
  check_proofs(reader, size, somewhere);

  std::vector<bench::SmallRequest> inclusion, consistency;
  for (const std::uint64_t index : somewhere) {
    inclusion.push_back({Reader::request("/v1/proofs/inclusion?index=" + std::to_string(index)), "\"hashes\""});
    consistency.push_back({Reader::request("/v1/proofs/consistency?from=" + std::to_string(index + 1)), "\"hashes\""});
  }
  print_load("inclusion proof, one reader", bench::run_load(server, inclusion, 1, seconds));
  print_load("consistency proof, one reader", bench::run_load(server, consistency, 1, seconds));
  print_load("inclusion proof, 100 a second come in", bench::run_load(server, inclusion, 16, seconds, 100));
  print_load("inclusion proof, 16 readers, as fast as it goes", bench::run_load(server, inclusion, 16, seconds));

  const std::uint64_t tiles = size / kTileWidth;
  const auto hot = tile_requests(reader, tiles, std::min<std::size_t>(2'000, tiles), random);
  const auto all = tile_requests(reader, tiles, std::min<std::size_t>(40'000, tiles * 2), random);
  std::vector<double> alone, edge, anywhere;
  const auto print_rates = [](const char* what, std::vector<double> rates) {
    std::sort(rates.begin(), rates.end());
    if (!rates.empty())
      std::printf("| %s | %.0f/s (%.0f … %.0f) |\n", what, bench::median(rates), rates.front(), rates.back());
  };
  const auto rate = [seconds](int port, const std::vector<bench::SmallRequest>& requests) {
    const auto result = bench::run_load(port, requests, 32, seconds);
    require(result.wrong == 0, "a wrong tile");
    return result.rate;
  };
  const int edge_port = options.contains("edge") ? std::stoi(options.at("edge")) : 0;
  if (edge_port != 0) bench::run_load(edge_port, hot, 32, 120, 0, true);  // once each, into its cache
  for (int round = 0; round < 5; ++round) {
    alone.push_back(rate(server, hot));
    if (edge_port != 0) edge.push_back(rate(edge_port, hot));
    anywhere.push_back(rate(server, all));
  }
  print_rates("full tiles by ishid alone, 2,000 of them asked for again and again", alone);
  print_rates("the same through nginx and its cache", edge);
  print_rates("full tiles by ishid alone, anywhere in the tree (most from PostgreSQL)", anywhere);
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  Options options;
  for (int i = 2; i + 1 < argc; i += 2) options[std::string(argv[i]).substr(2)] = argv[i + 1];
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "load") return load(options);
  if (verb == "sign") return sign(options);
  if (verb == "serve") return serve(options);
  std::fprintf(stderr, "evidence_at_scale load | sign | serve, see the head of tests/bench/evidence.cpp\n");
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "evidence_at_scale: %s\n", error.what());
  return 1;
}
