// evidence_bench [events]: receipts, proofs and tiles out of PostgreSQL, each checked, in microseconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "registry/notes/receipt.h"
#include "sql/log/pg_checkpoint_store.h"
#include "tests/api/evidence/log_house.h"
#include "tests/sql/store.h"

namespace {

using namespace ishi;
using namespace ishi::api;

template <typename Work>
bool measure(const char* what, int rounds, Work work) {
  std::vector<double> micros;
  for (int i = 0; i < rounds; ++i) {
    const auto from = std::chrono::steady_clock::now();
    if (!work(i)) {
      std::printf("%-40s WRONG at round %d\n", what, i);
      return false;
    }
    micros.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - from).count());
  }
  std::sort(micros.begin(), micros.end());
  std::printf("%-40s median %8.0f us   p99 %8.0f us\n", what, micros[micros.size() / 2],
              micros[micros.size() * 99 / 100]);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t size = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000;
  const testing::Store store;
  const KeyRing keys = testing::key_ring("bench.example/log", 1);
  const auto checkpoints = sql::make_pg_checkpoint_store({.connection_string = store.where});
  for (std::uint64_t done = 0; done < size; done += 20'000) {
    AppendRequest request;
    request.caller = "bench";
    request.bodies.assign(20'000, Objection{{}, {}, {}, {}, store.clock.now(), {}, {}, {}});
    if (!store.log->append(std::move(request))) return 1;
  }
  CheckpointPublisher round(keys, "", *store.log, *checkpoints);
  const LogHandler desk(*store.log, *checkpoints, keys.verifiers);
  const ReceiptHandler receipts(desk, [] { return nullptr; });
  Router router([](const Request&) { return Result<Principal>(Principal{"bench", Role::kPublic, "", "", ""}); });
  add_log_routes(router, desk, receipts);
  const auto get = [&router](const std::string& target) {
    Request request;
    return router.handle(target, request).response;
  };
  const WitnessPolicy policy = WitnessPolicy::logs_only(keys.verifiers);
  const auto somewhere = [size](int i) { return static_cast<std::uint64_t>(i) * 7'919 % size; };
  bool good = measure("first checkpoint of the whole log", 1, [&](int) { return round.run().value_or(false); });
  good = good && measure("receipt, proved and checked", 500, [&](int i) {
           const auto receipt = receipts.receipt(EventIndex(somewhere(i)));
           return receipt && open_receipt(*receipt, policy).has_value();
         });
  good = good && measure("inclusion proof as JSON", 500, [&](int i) {
           return get("/v1/proofs/inclusion?index=" + std::to_string(somewhere(i))).status == 200;
         });
  good = good && measure("consistency proof as JSON", 500, [&](int i) {
           return get("/v1/proofs/consistency?from=" + std::to_string(somewhere(i))).status == 200;
         });
  good =
      good && measure("full tile", 500, [&](int i) {
        return get("/log/" + tile_path({0, somewhere(i) / kTileWidth % (size / kTileWidth), kTileWidth})).body.size() ==
               8'192;
      });
  good =
      good && measure("full entry bundle", 200, [&](int i) {
        return get("/log/" + entries_path(somewhere(i) / kTileWidth % (size / kTileWidth), kTileWidth)).body.size() ==
               8'704;
      });
  good = good && measure("checkpoint", 500, [&](int) { return get("/log/checkpoint").status == 200; });
  return good ? 0 : 1;
}
