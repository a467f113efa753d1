// The log over its routes: everything that is served verifies with nothing but the public key.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "registry/merkle/sha256.h"
#include "registry/notes/receipt.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::api {
namespace {

// A mirror's reading of an entry bundle (C2SP tlog-tiles): 32-byte entries, each behind its length.
std::optional<std::vector<Digest>> commitments_in(std::string_view bundle) {
  std::vector<Digest> commitments;
  for (; !bundle.empty(); bundle.remove_prefix(34)) {
    if (bundle.size() < 34 || !bundle.starts_with(std::string_view("\x00\x20", 2))) return std::nullopt;
    const ByteView content = as_bytes(bundle.substr(2, 32));
    std::copy(content.begin(), content.end(), commitments.emplace_back().begin());
  }
  return commitments;
}

class LogRoutes : public ::testing::Test, protected testing::LogHouse {
 protected:
  LogRoutes()
      : desk(evidence, store, keys.verifiers),
        receipts(desk, [this] { return book; }),
        router([this](const Request&) { return Result<Principal>(who); }) {
    add_log_routes(router, desk, receipts);
    auto policy = std::make_shared<PolicyBook>();
    policy->callers["clinic"] = {"clinic", Role::kDeskClerkHolder, "", "1310000001", "", "", {}};
    policy->callers["clinic-2"] = {"clinic-2", Role::kHolderBatch, "", "1310000001", "", "", {}};
    policy->callers["operator"] = {"operator", Role::kOperatorBatch, "", "", "OP-A", "", {}};
    policy->institutions["1310000001"].prefecture = "13";
    policy->profile.audit_readers = {"MHLW", "PPC", "GOVERNOR"};
    book = policy;
  }
  void sign() { ASSERT_TRUE(round.run()); }
  Response get(const std::string& target) {
    Request request;
    return router.handle(target, request).response;
  }
  nlohmann::json json(const std::string& target) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 200) << target << response.body;
    return nlohmann::json::parse(response.body);
  }
  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  static Digest digest(const std::string& base64) {
    Digest digest{};
    const auto bytes = from_base64(base64);
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return digest;
  }
  static std::vector<Digest> digests(const nlohmann::json& list) {
    std::vector<Digest> found;
    for (const auto& item : list) found.push_back(digest(item.get<std::string>()));
    return found;
  }
  Checkpoint checkpoint() { return *open_checkpoint(*parse_note(get("/log/checkpoint").body), keys.verifiers); }

  std::shared_ptr<const PolicyBook> book;
  Principal who{"anonymous", Role::kPublic, "", "", ""};
  CheckpointPublisher round{keys, "", evidence, store};
  LogHandler desk;
  ReceiptHandler receipts;
  Router router;
};

TEST_F(LogRoutes, BeforeTheFirstSignatureTheyAskForPatience) {
  append(3);
  who = {"clinic", Role::kDeskClerkHolder, "1310000001", "", ""};
  for (const char* target :
       {"/log/checkpoint", "/log/tile/0/000.p/3", "/v1/proofs/inclusion?index=0", "/v1/receipts/0"}) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 503) << target;
    EXPECT_EQ(nlohmann::json::parse(response.body)["code"], "receipt_not_ready") << target;
    EXPECT_EQ(header(response, "Retry-After"), "1") << target;
  }
  sign();
  append(1);
  EXPECT_EQ(get("/v1/receipts/2").status, 200);
  EXPECT_EQ(get("/v1/receipts/3").status, 503);
  EXPECT_EQ(get("/v1/receipts/4").status, 404);
  EXPECT_EQ(get("/v1/proofs/inclusion?index=3").status, 503);
  EXPECT_EQ(get("/v1/proofs/inclusion?index=4").status, 404);
}

TEST_F(LogRoutes, TheTreeCanBeRebuiltFromWhatIsServed) {
  append(700);
  sign();
  append(100);  // not signed, not served
  const Checkpoint head = checkpoint();
  ASSERT_EQ(head.size, 700U);
  EXPECT_EQ(get("/log/vkey").body, keys.verifiers[0].format() + "\n");
  Frontier tree;
  for (const Tile& tile : tiles_of(head.size)) {
    const Response response = get("/log/" + tile_path(tile));
    ASSERT_EQ(response.status, 200) << tile_path(tile);
    EXPECT_EQ(response.body.size(), tile.width * 32U);
    EXPECT_EQ(response.content_type, "application/octet-stream");
    EXPECT_NE(header(response, "Cache-Control").find("immutable"), std::string::npos);
    if (tile.level != 0) continue;
    const auto commitments = commitments_in(get("/log/" + entries_path(tile.index, tile.width)).body);
    ASSERT_TRUE(commitments);
    for (std::size_t i = 0; i < commitments->size(); ++i) {
      const Digest hash = leaf_hash_of((*commitments)[i]);
      EXPECT_EQ(as_text(hash), response.body.substr(i * 32, 32));
      tree.append(hash);
    }
  }
  EXPECT_EQ(tree.root(), head.root);
}

// A mirror of the tiles: leaves out of the entries, every higher hash out of what lies below, the root out of all.
TEST_F(LogRoutes, AFlippedBitInAnyServedTileIsNoticed) {
  struct Mirrored {
    Tile tile;
    std::string hashes, entries;
  };
  const auto digest_at = [](const std::string& bytes, std::size_t i) {
    Digest digest{};
    std::copy_n(as_bytes(bytes).begin() + static_cast<std::ptrdiff_t>(i * 32), 32, digest.begin());
    return digest;
  };
  const auto holds = [&](const std::vector<Mirrored>& mirror, const Checkpoint& head) {
    Frontier tree;
    std::vector<Digest> full;  // of the full tiles of level 0
    for (const Mirrored& one : mirror) {
      const std::size_t width = one.hashes.size() / 32;
      if (one.tile.level > 0) {
        for (std::size_t i = 0; i < width; ++i) {
          if (i >= full.size() || full[i] != digest_at(one.hashes, i)) return false;
        }
        continue;
      }
      const auto commitments = commitments_in(one.entries);
      if (!commitments || commitments->size() != width) return false;
      Frontier part;
      for (std::size_t i = 0; i < width; ++i) {
        if (leaf_hash_of((*commitments)[i]) != digest_at(one.hashes, i)) return false;
        part.append(digest_at(one.hashes, i));
        tree.append(digest_at(one.hashes, i));
      }
      if (one.tile.full()) full.push_back(part.root());
    }
    return tree.root() == head.root;
  };
  std::uint64_t have = 0;
  for (const auto& [size, stride] :
       {std::pair(std::uint64_t{5}, std::size_t{1}), std::pair(std::uint64_t{259}, std::size_t{61})}) {
    append(size - have);
    have = size;
    sign();
    std::vector<Mirrored> mirror;
    for (const Tile& tile : tiles_of(size)) {
      mirror.push_back({tile, get("/log/" + tile_path(tile)).body, ""});
      if (tile.level == 0) mirror.back().entries = get("/log/" + entries_path(tile.index, tile.width)).body;
    }
    const Checkpoint head = checkpoint();
    ASSERT_TRUE(holds(mirror, head));
    for (Mirrored& one : mirror) {
      for (std::string* bytes : {&one.hashes, &one.entries}) {
        for (std::size_t bit = 0; bit<bytes->size() * 8; bit += one.tile.level> 0 ? 1 : stride) {
          (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << (bit % 8)));
          ASSERT_FALSE(holds(mirror, head)) << tile_path(one.tile) << ", bit " << bit;
          (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << (bit % 8)));
        }
      }
    }
  }
}

TEST_F(LogRoutes, ATileThatNoCheckpointCoversIsNotThere) {
  append(300);
  sign();
  append(300);
  for (const char* path :
       {"0/001", "0/001.p/45", "0/002", "1/000", "8/000", "64/000", "0/1", "0/001.p/0", "0/001.p/256", "0/x000/001", "",
        "0", "entries/001.p/45", "entries/001", "entries/", "../checkpoint", "0/000/"}) {
    EXPECT_EQ(get("/log/tile/" + std::string(path)).status, 404) << path;
  }
  for (const char* path :
       {"0/000", "0/000.p/7", "0/001.p/44", "0/001.p/1", "1/000.p/1", "entries/000", "entries/001.p/44"}) {
    EXPECT_EQ(get("/log/tile/" + std::string(path)).status, 200) << path;
  }
}

TEST_F(LogRoutes, EveryInclusionAndConsistencyProofVerifies) {
  append(70);
  sign();
  const Checkpoint head = checkpoint();
  for (std::uint64_t index = 0; index < head.size; ++index) {
    const auto answer = json("/v1/proofs/inclusion?position=" + std::to_string(index + 1));
    EXPECT_EQ(answer["index"], index);
    EXPECT_TRUE(
        check_inclusion(index, answer["size"], digest(answer["leaf_hash"]), digests(answer["hashes"]), head.root));
    EXPECT_EQ(answer["checkpoint"], get("/log/checkpoint").body);
  }
  std::vector<Digest> roots{empty_root()};
  Frontier tree;
  const auto leaves = log.read_leaves(EventIndex(0), 70);
  for (const StoredLeaf& leaf : *leaves) {
    tree.append(leaf_hash_of(leaf.commitment));
    roots.push_back(tree.root());
  }
  for (std::uint64_t from = 0; from <= 70; ++from) {
    const auto answer = json("/v1/proofs/consistency?from=" + std::to_string(from));
    EXPECT_TRUE(check_consistency(from, roots[from], 70, head.root, digests(answer["hashes"])));
  }
  const auto middle = json("/v1/proofs/consistency?from=7&to=33");
  EXPECT_TRUE(check_consistency(7, roots[7], 33, roots[33], digests(middle["hashes"])));
  const auto older = json("/v1/proofs/inclusion?index=6&size=33");
  EXPECT_TRUE(check_inclusion(6, 33, digest(older["leaf_hash"]), digests(older["hashes"]), roots[33]));
}

TEST_F(LogRoutes, ABadQuestionIsNamed) {
  append(5);
  sign();
  for (const char* target :
       {"/v1/proofs/inclusion", "/v1/proofs/inclusion?position=0", "/v1/proofs/inclusion?position=1&index=0",
        "/v1/proofs/inclusion?index=-1", "/v1/proofs/inclusion?index=x", "/v1/proofs/inclusion?index=3&size=3",
        "/v1/proofs/consistency", "/v1/proofs/consistency?from=4&to=3",
        "/v1/proofs/consistency?from=1&to=99999999999999999999", "/v1/proofs/consistency?from=1&til=2"}) {
    EXPECT_EQ(get(target).status, 400) << target;
  }
  EXPECT_EQ(get("/v1/proofs/consistency?from=9").status, 404);
  EXPECT_EQ(get("/v1/proofs/inclusion?index=1&size=9").status, 404);
}

TEST_F(LogRoutes, AReceiptOpensWithThePublicKeyAlone) {
  append(40);
  sign();
  who = {"clinic", Role::kDeskClerkHolder, "1310000001", "", ""};
  const auto key =
      VerifierKey::parse(std::string_view(get("/log/vkey").body).substr(0, get("/log/vkey").body.size() - 1));
  ASSERT_TRUE(key);
  for (int index = 0; index < 40; ++index) {
    const Response response = get("/v1/receipts/" + std::to_string(index));
    ASSERT_EQ(response.status, 200) << response.body;
    const auto opened = open_receipt(response.body, WitnessPolicy::logs_only({*key}));
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_EQ(opened->event.caller, "clinic");
    EXPECT_EQ(opened->trusted.checkpoint.size, 40U);
  }
}

TEST_F(LogRoutes, AReceiptIsForThoseItConcerns) {
  append(1, "clinic");
  append(1, "operator");
  sign();
  const auto statuses = [&](Principal principal) {
    who = std::move(principal);
    return std::pair(get("/v1/receipts/0").status, get("/v1/receipts/1").status);
  };
  EXPECT_EQ(statuses({"anonymous", Role::kPublic, "", "", ""}), std::pair(401, 401));
  EXPECT_EQ(statuses({"clinic", Role::kDeskClerkHolder, "1310000001", "", ""}), std::pair(200, 403));
  EXPECT_EQ(statuses({"clinic-2", Role::kHolderBatch, "1310000001", "", ""}), std::pair(200, 403));
  EXPECT_EQ(statuses({"other", Role::kDeskClerkHolder, "1310000002", "", ""}), std::pair(403, 403));
  EXPECT_EQ(statuses({"city", Role::kDeskClerkMunicipal, "1310000009", "", ""}), std::pair(403, 403));
  EXPECT_EQ(statuses({"operator", Role::kOperatorBatch, "", "OP-A", ""}), std::pair(403, 200));
  EXPECT_EQ(statuses({"operator-admin", Role::kOperatorAdmin, "", "OP-A", ""}), std::pair(403, 200));
  EXPECT_EQ(statuses({"other-operator", Role::kOperatorAdmin, "", "OP-B", ""}), std::pair(403, 403));
  EXPECT_EQ(statuses({"minister", Role::kAuditorMinister, "", "", ""}), std::pair(200, 200));
  EXPECT_EQ(statuses({"commission", Role::kAuditorPpc, "", "", ""}), std::pair(200, 200));
  EXPECT_EQ(statuses({"tokyo", Role::kAuditorGovernor, "", "", "13"}), std::pair(200, 403));
  EXPECT_EQ(statuses({"osaka", Role::kAuditorGovernor, "", "", "27"}), std::pair(403, 403));
  EXPECT_EQ(statuses({"ops", Role::kRegistryOps, "", "", ""}), std::pair(403, 403));
}

TEST_F(LogRoutes, AnOperatorHasTheReceiptsOfItsRunsWithoutReasons) {
  FilterRun run;
  run.details.emplace().told = RunTold::kUse;
  ASSERT_TRUE(log.append({{run}, "operator", std::nullopt, std::nullopt, ""}));
  run.details->told = RunTold::kReasons;
  ASSERT_TRUE(log.append({{run}, "operator", std::nullopt, std::nullopt, ""}));
  run.details.reset();  // as runs were recorded once: they tell reasons
  ASSERT_TRUE(log.append({{run}, "operator", std::nullopt, std::nullopt, ""}));
  sign();
  for (const auto& [name, role, first, others] : {std::tuple("operator", Role::kOperatorBatch, 200, 403),
                                                  std::tuple("operator-admin", Role::kOperatorAdmin, 200, 403),
                                                  std::tuple("minister", Role::kAuditorMinister, 200, 200)}) {
    who = {name, role, "", "OP-A", ""};
    EXPECT_EQ(get("/v1/receipts/0").status, first) << name;
    EXPECT_EQ(get("/v1/receipts/1").status, others) << name;
    EXPECT_EQ(get("/v1/receipts/2").status, others) << name;
  }
}

TEST_F(LogRoutes, AnErasedEventHasNoReceiptAndItsNeighboursKeepTheirs) {
  append(5);
  sign();
  log.erase(EventIndex(2));
  who = {"clinic", Role::kDeskClerkHolder, "1310000001", "", ""};
  EXPECT_EQ(get("/v1/receipts/2").status, 404);
  EXPECT_EQ(get("/v1/receipts/1").status, 200);
  EXPECT_EQ(get("/v1/receipts/3").status, 200);
  EXPECT_EQ(get("/log/tile/entries/000.p/5").status, 200);
}

TEST_F(LogRoutes, AnEditedRowIsNeverHandedOutAsEvidence) {
  append(5);
  sign();
  evidence.wrong_leaf = 2;
  who = {"minister", Role::kAuditorMinister, "", "", ""};
  EXPECT_EQ(get("/v1/receipts/2").status, 500);
  EXPECT_EQ(get("/v1/receipts/3").status, 500);
}

}  // namespace
}  // namespace ishi::api
