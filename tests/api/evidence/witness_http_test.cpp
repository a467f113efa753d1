// The signer and a witness with a real socket between them.
#include <gtest/gtest.h>

#include "api/evidence/checkpoint_signer.h"
#include "api/http/pistache_server.h"
#include "api/witness/witness.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::api {
namespace {

TEST(WitnessOverHttp, CosignsWhatTheSignerOffers) {
  testing::LogHouse house;
  const KeyRing witness_keys = testing::key_ring("w.example", 9, NoteKeyType::kCosignature);
  const auto witness = Witness::open(house.folder.path(), witness_keys, house.keys.verifiers, house.clock);
  ASSERT_TRUE(witness);
  Router router([](const Request&) { return Result<Principal>(Principal{"anonymous", Role::kPublic, "", "", ""}); });
  add_witness_routes(router, **witness);
  ServerOptions options;
  options.reactors = 1;
  options.workers = 2;
  PistacheServer server(options, router);
  ASSERT_TRUE(server.start());

  auto transport = connect_to_witness("http://127.0.0.1:" + std::to_string(server.port()));
  ASSERT_TRUE(transport);
  std::vector<std::unique_ptr<WitnessClient>> clients;
  clients.push_back(std::make_unique<WitnessClient>(witness_keys.verifiers[0], *std::move(transport), house.log));
  SignerOptions signing{house.keys, ""};
  signing.look_every = std::chrono::milliseconds(1);
  CheckpointSigner signer(std::move(signing), std::move(clients), house.log, house.store, nullptr);
  signer.start();
  for (const std::uint64_t count : {1U, 2U, 300U}) {
    const std::uint64_t before = signer.stats().cosigned_count;
    house.append(count);
    while (signer.stats().cosigned_count == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  signer.stop();
  const auto note = parse_note(house.store.latest()->value());
  EXPECT_TRUE(verify_note(*note, witness_keys.verifiers));
  EXPECT_TRUE(connect_to_witness("ftp://w.example").error().kind == ErrorKind::kInvalidArgument);
}

}  // namespace
}  // namespace ishi::api
