// Checkpoints, entry bundles, proof files, policies and receipts: what they say, and that every bit of them counts.
#include <gtest/gtest.h>

#include "registry/events/event_codec.h"
#include "registry/merkle/entry_bundle.h"
#include "registry/merkle/merkle.h"
#include "registry/merkle/tile.h"
#include "registry/notes/checkpoint.h"
#include "registry/notes/proof_file.h"
#include "registry/notes/receipt.h"
#include "registry/notes/witness_policy.h"

namespace ishi {
namespace {

constexpr char kOrigin[] = "registry.example/log";

SigningKey key_of(const std::string& name, std::uint8_t number, NoteKeyType type = NoteKeyType::kSignature) {
  Ed25519Seed seed{};
  seed[0] = number;
  return SigningKey::from_seed(name, type, seed);
}

struct FlippedBit {
  std::string bytes;
  std::size_t bit;
  FlippedBit(const std::string& good, std::size_t position) : bytes(good), bit(position) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  }
};

// A log of `size` objections, its tree and its key.
class SmallLog {
 public:
  explicit SmallLog(std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      Objection objection;
      objection.scope.regimes = {"ngmia"};
      objection.accepted_at = Timestamp(1'790'000'000'000'000 + static_cast<std::int64_t>(i));
      const auto bytes = encode_event({objection.accepted_at, "clinic", objection});
      Salt salt{};
      salt[0] = static_cast<std::uint8_t>(i);
      leaves.push_back({EventIndex(i), commitment_of(salt, *bytes), salt, *bytes});
      hashes.push_back(leaf_hash_of(leaves.back().commitment));
      frontier.append(hashes.back());
    }
    const std::string text = format_checkpoint({kOrigin, size, frontier.root(), {}});
    checkpoint = {text, {key.sign(text)}};
  }
  std::vector<Digest> proof(std::uint64_t index) const { return path(index, 0, hashes.size()); }
  std::string receipt(std::uint64_t index) const { return format_receipt(leaves[index], proof(index), checkpoint); }
  WitnessPolicy policy() const { return WitnessPolicy::logs_only({key.verifier()}); }

  SigningKey key = key_of(kOrigin, 1);
  std::vector<StoredLeaf> leaves;
  std::vector<Digest> hashes;
  Frontier frontier;
  SignedNote checkpoint;

 private:
  Digest root(std::size_t from, std::size_t to) const {
    Frontier part;
    for (std::size_t i = from; i < to; ++i) part.append(hashes[i]);
    return part.root();
  }
  std::vector<Digest> path(std::size_t index, std::size_t from, std::size_t to) const {
    if (to - from == 1) return {};
    std::size_t half = 1;
    while (half * 2 < to - from) half *= 2;
    const bool left = index < from + half;
    auto hashes_up = left ? path(index, from, from + half) : path(index, from + half, to);
    hashes_up.push_back(left ? root(from + half, to) : root(from, from + half));
    return hashes_up;
  }
};

TEST(Checkpoint, TheEmptyLogHasThePublishedRoot) {
  EXPECT_EQ(format_checkpoint({kOrigin, 0, empty_root(), {}}),
            "registry.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST(Checkpoint, WhatWasWrittenIsReadBackAndNothingElse) {
  const Checkpoint checkpoint{kOrigin, 70'000, sha256(as_bytes("x")), {}};
  const std::string good = format_checkpoint(checkpoint);
  EXPECT_EQ(*parse_checkpoint(good), checkpoint);
  EXPECT_EQ(parse_checkpoint(good + "extension\n")->extensions, std::vector<std::string>{"extension"});
  const std::string root = to_base64(checkpoint.root);
  const std::vector<std::string> bad_texts = {"",
                                              "a\n1\n",
                                              "a\n1\n" + root,
                                              "\n1\n" + root + "\n",
                                              "a\n01\n" + root + "\n",
                                              "a\n-1\n" + root + "\n",
                                              "a\n4611686018427387905\n" + root + "\n",
                                              "a\n0\n" + root + "\n",
                                              "a\n1\n" + root.substr(1) + "\n",
                                              "a\n1\n\n" + root + "\n",
                                              good + "\n",
                                              "a\n 1\n" + root + "\n"};
  for (const std::string& bad : bad_texts) {
    EXPECT_FALSE(parse_checkpoint(bad)) << bad;
  }
}

TEST(Checkpoint, IsBelievedOnlyInTheNameOfItsOrigin) {
  const std::string text = format_checkpoint({kOrigin, 0, empty_root(), {}});
  const SigningKey other = key_of("other.example/log", 1);
  const SignedNote note{text, {other.sign(text)}};
  EXPECT_FALSE(open_checkpoint(note, std::span(&other.verifier(), 1)));
}

TEST(Checkpoint, AFlippedBitAnywhereIsNoticed) {
  const SmallLog log(3);
  const std::string good = format_note(log.checkpoint);
  ASSERT_TRUE(open_checkpoint(log.checkpoint, std::span(&log.key.verifier(), 1)));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    const auto note = parse_note(FlippedBit(good, bit).bytes);
    EXPECT_FALSE(note && open_checkpoint(*note, std::span(&log.key.verifier(), 1))) << "bit " << bit;
  }
}

TEST(EntryBundle, HoldsCommitmentsBehindTheirLengths) {
  const std::vector<Digest> commitments{sha256(as_bytes("a")), sha256(as_bytes("b"))};
  const std::string bytes = format_entry_bundle(commitments);
  EXPECT_EQ(bytes.size(), 68U);
  EXPECT_EQ(to_hex(as_bytes(bytes).first(3)), "0020ca");
  EXPECT_EQ(format_entry_bundle(std::vector<Digest>(256)).size(), 8'704U);
}

TEST(Tiles, ALogOfSeventyThousandHasThePublishedSet) {
  std::vector<std::string> partial;
  std::size_t full_at_0 = 0, full_at_1 = 0;
  for (const Tile& tile : tiles_of(70'000)) {
    if (!tile.full()) {
      partial.push_back(tile_path(tile));
    } else {
      (tile.level == 0 ? full_at_0 : full_at_1) += 1;
    }
  }
  EXPECT_EQ(full_at_0, 273U);
  EXPECT_EQ(full_at_1, 1U);
  EXPECT_EQ(partial, (std::vector<std::string>{"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"}));
  EXPECT_EQ(tile_path({0, 1'234'067, kTileWidth}), "tile/0/x001/x234/067");
}

TEST(Proof, EveryBitOfEveryHashOfEverySmallTreeCounts) {
  for (std::uint64_t size = 1; size <= 17; ++size) {
    const SmallLog log(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto good = log.proof(index);
      ASSERT_TRUE(check_inclusion(index, size, log.hashes[index], good, log.frontier.root()));
      for (std::size_t bit = 0; bit < good.size() * 256; ++bit) {
        auto bad = good;
        bad[bit / 256][bit % 256 / 8] = static_cast<std::uint8_t>(bad[bit / 256][bit % 256 / 8] ^ (1U << (bit % 8)));
        ASSERT_FALSE(check_inclusion(index, size, log.hashes[index], bad, log.frontier.root()))
            << "size " << size << " index " << index << " bit " << bit;
      }
    }
  }
}

TEST(ProofFile, WhatWasWrittenIsReadBackAndNothingElse) {
  const SmallLog log(5);
  ProofFile file{std::nullopt, 3, log.proof(3), log.checkpoint};
  EXPECT_EQ(*parse_proof_file(format_proof_file(file)), file);
  file.extra = Bytes{1, 2, 3};
  const std::string good = format_proof_file(file);
  EXPECT_EQ(*parse_proof_file(good), file);
  EXPECT_TRUE(good.starts_with("c2sp.org/tlog-proof@v1\nextra AQID\nindex 3\n"));
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"@v1", "@v2"},
                                                                                 {"extra AQID", "extra AQI"},
                                                                                 {"index 3", "index 03"},
                                                                                 {"index 3", "index -3"},
                                                                                 {"index 3", "3"},
                                                                                 {"index 3\n", "index 3\nAAAA\n"},
                                                                                 {"extra", "Extra"},
                                                                                 {"c2sp", "\nc2sp"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    EXPECT_FALSE(parse_proof_file(bad)) << bad;
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse_proof_file(good.substr(0, length))) << length;
  }
}

TEST(Receipt, SaysWhatHappenedWithNothingButThePublicKey) {
  const SmallLog log(7);
  for (std::uint64_t index = 0; index < 7; ++index) {
    const auto opened = open_receipt(log.receipt(index), log.policy());
    ASSERT_TRUE(opened) << opened.error().detail;
    EXPECT_EQ(opened->index, EventIndex(index));
    EXPECT_EQ(opened->trusted.checkpoint.size, 7U);
    EXPECT_EQ(opened->trusted.signed_by.size(), 1U);
    EXPECT_EQ(*encode_event(opened->event), log.leaves[index].event_bytes);
  }
}

TEST(Receipt, AFlippedBitAnywhereIsNoticed) {
  const WitnessPolicy policy = SmallLog(1).policy();
  for (const std::uint64_t size : {1U, 2U, 5U}) {
    const SmallLog log(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::string good = log.receipt(index);
      ASSERT_TRUE(open_receipt(good, policy));
      for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        ASSERT_FALSE(open_receipt(FlippedBit(good, bit).bytes, policy)) << "size " << size << ", bit " << bit;
      }
    }
  }
}

TEST(Receipt, ForAnotherEventOrPlaceDoesNotOpen) {
  const SmallLog log(6);
  EXPECT_EQ(open_receipt(format_receipt(log.leaves[2], log.proof(3), log.checkpoint), log.policy()).error().code,
            "not_included");
  StoredLeaf beyond = log.leaves[2];
  beyond.index = EventIndex(6);
  EXPECT_EQ(open_receipt(format_receipt(beyond, log.proof(2), log.checkpoint), log.policy()).error().code,
            "not_included");
}

// Two of three: the regulator, the patients' association, a university.
class Witnesses : public ::testing::Test {
 protected:
  std::string text_of(const std::string& end) const {
    std::string text = "# who is verified\n\nlog " + log_.key.verifier().format() + "\n";
    const char* const names[] = {"regulator", "patients", "university"};
    for (int i = 0; i < 3; ++i)
      text += std::string("\twitness ") + names[i] + "  " + keys_[i].verifier().format() + " http://w\n";
    return text + end;
  }
  SignedNote cosigned_by(const std::vector<int>& who) const {
    SignedNote note = log_.checkpoint;
    for (const int i : who) note.signatures.push_back(keys_[i].cosign(note.text, 1'800'000'000));
    return note;
  }
  SmallLog log_{4};
  SigningKey keys_[3] = {key_of("w.example/1", 11, NoteKeyType::kCosignature),
                         key_of("w.example/2", 12, NoteKeyType::kCosignature),
                         key_of("w.example/3", 13, NoteKeyType::kCosignature)};
};

TEST_F(Witnesses, TwoOfThreeAreEnough) {
  const auto policy = WitnessPolicy::parse(text_of("group all3 2 regulator patients university\nquorum all3\n"));
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_EQ(policy->witnesses()[2].url, "http://w");
  for (unsigned mask = 0; mask < 8; ++mask) {
    std::vector<int> who;
    for (int i = 0; i < 3; ++i) {
      if ((mask >> i) & 1) who.push_back(i);
    }
    const auto trusted = policy->check(cosigned_by(who));
    EXPECT_EQ(trusted.has_value(), who.size() >= 2) << mask;
    if (trusted) {
      EXPECT_EQ(trusted->witnessed_by.size(), who.size());
      EXPECT_EQ(trusted->witnessed_by[0].seconds_since_1970, 1'800'000'000U);
    } else {
      EXPECT_EQ(trusted.error().code, "no_quorum");
    }
  }
}

TEST_F(Witnesses, GroupsMayHoldGroups) {
  const auto policy = WitnessPolicy::parse(
      text_of("group civil any patients university\ngroup both all regulator civil\nquorum both\n"));
  ASSERT_TRUE(policy) << policy.error().detail;
  EXPECT_TRUE(policy->check(cosigned_by({0, 1})));
  EXPECT_TRUE(policy->check(cosigned_by({2, 0})));
  EXPECT_FALSE(policy->check(cosigned_by({1, 2})));
  EXPECT_FALSE(policy->check(cosigned_by({0})));
}

TEST_F(Witnesses, OneWitnessTwiceIsOneWitness) {
  const auto policy = WitnessPolicy::parse(text_of("group two 2 regulator patients university\nquorum two\n"));
  EXPECT_FALSE(policy->check(cosigned_by({1, 1})));
}

TEST_F(Witnesses, AFalseCosignatureCondemnsTheCheckpoint) {
  const auto policy = WitnessPolicy::parse(text_of("quorum regulator\n"));
  SignedNote note = cosigned_by({0, 1});
  note.signatures.back().signature[20] ^= 1;
  EXPECT_EQ(policy->check(note).error().code, "bad_signature");
}

TEST_F(Witnesses, CosignaturesWithoutTheLogsOwnAreWorthNothing) {
  const auto policy = WitnessPolicy::parse(text_of("quorum regulator\n"));
  SignedNote note = cosigned_by({0});
  note.signatures.erase(note.signatures.begin());
  EXPECT_EQ(policy->check(note).error().code, "no_known_signature");
}

TEST_F(Witnesses, WhatIsNotExactlyAPolicyIsRefused) {
  for (const char* end :
       {"", "quorum nobody\n", "quorum regulator\nquorum regulator\n",
        "group g 4 regulator patients university\nquorum g\n", "group g 0 regulator\nquorum g\n",
        "group g 01 regulator\nquorum g\n", "group g any\nquorum g\n", "group g any none\nquorum g\n",
        "group g any regulator regulator\nquorum g\n", "group g any regulator\ngroup h any regulator\nquorum h\n",
        "group g any h\ngroup h any regulator\nquorum g\n", "group regulator any patients\nquorum none\n",
        "group none any patients\nquorum none\n", "quorum none", "quorum\n", "quorum none\r\n", "quorums none\n"}) {
    EXPECT_FALSE(WitnessPolicy::parse(text_of(end))) << end;
  }
  const std::string log = "log " + log_.key.verifier().format() + "\n";
  EXPECT_TRUE(WitnessPolicy::parse(log + "quorum none\n"));
  EXPECT_FALSE(WitnessPolicy::parse(log + log + "quorum none\n"));
  EXPECT_FALSE(WitnessPolicy::parse("log " + keys_[0].verifier().format() + "\nquorum none\n"));
}

}  // namespace
}  // namespace ishi
