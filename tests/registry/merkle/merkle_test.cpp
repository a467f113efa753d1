// The tree against the recursive definition of RFC 6962 2.1, written down again here as plainly as the RFC has it,
// and against published vectors (the eight-leaf reference tree of the CT project; C2SP's leaf of "hello").
#include "registry/merkle/merkle.h"

#include <bit>

#include <gtest/gtest.h>

#include "registry/merkle/leaf.h"

namespace ishi {
namespace {

using Leaves = std::vector<Digest>;

Digest naive_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves[0];
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  return merkle_node_hash(naive_root(leaves.first(k)), naive_root(leaves.subspan(k)));
}

Leaves naive_path(std::size_t m, std::span<const Digest> leaves) {
  if (leaves.size() == 1) return {};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  Leaves path = m < k ? naive_path(m, leaves.first(k)) : naive_path(m - k, leaves.subspan(k));
  path.push_back(m < k ? naive_root(leaves.subspan(k)) : naive_root(leaves.first(k)));
  return path;
}

Leaves naive_subproof(std::size_t m, std::span<const Digest> leaves, bool whole) {
  if (m == leaves.size()) return whole ? Leaves{} : Leaves{naive_root(leaves)};
  const std::size_t k = std::bit_floor(leaves.size() - 1);
  Leaves proof = m <= k ? naive_subproof(m, leaves.first(k), whole) : naive_subproof(m - k, leaves.subspan(k), false);
  proof.push_back(m <= k ? naive_root(leaves.subspan(k)) : naive_root(leaves.first(k)));
  return proof;
}

// Computes nodes from the leaves, and fails on a wrong question.
class LeafReader final : public HashReader {
 public:
  explicit LeafReader(const Leaves& leaves) : leaves_(leaves) {}
  Result<std::vector<Digest>> read_hashes(std::span<const Node> nodes) const override {
    ++calls;
    std::vector<Digest> hashes;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i > 0) {
        EXPECT_LT(nodes[i - 1], nodes[i]) << "nodes must be sorted and distinct";
      }
      const std::uint64_t width = std::uint64_t{1} << nodes[i].level;
      EXPECT_LE((nodes[i].index + 1) * width, leaves_.size()) << "an incomplete subtree was asked for";
      hashes.push_back(naive_root(std::span(leaves_).subspan(nodes[i].index * width, width)));
    }
    return hashes;
  }
  mutable int calls = 0;

 private:
  const Leaves& leaves_;
};

Leaves numbered_leaves(std::size_t count) {
  Leaves leaves;
  for (std::size_t i = 0; i < count; ++i) leaves.push_back(merkle_leaf_hash(as_bytes(std::to_string(i))));
  return leaves;
}

// The CT project's reference inputs and the roots of their first 1..8 leaves.
const char* const kReferenceInputs[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
const char* const kReferenceRoots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                       "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                       "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                       "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                       "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                       "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                       "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                       "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

TEST(Merkle, TheEmptyTreeHasTheHashOfNothing) {
  EXPECT_EQ(to_base64(empty_root()), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(Frontier().root(), empty_root());
}

TEST(Merkle, TheLeafOfHelloIsAsPublished) {
  EXPECT_EQ(to_base64(merkle_leaf_hash(as_bytes("hello"))), "iipcm3aIJ95alVLDigRMZpWcaPbS8htSYK9U0vh9uCc=");
}

TEST(Merkle, TheReferenceTreeHasItsPublishedRootsAtEverySize) {
  Frontier frontier;
  for (std::size_t i = 0; i < 8; ++i) {
    frontier.append(merkle_leaf_hash(*from_hex(kReferenceInputs[i])));
    EXPECT_EQ(to_hex(frontier.root()), kReferenceRoots[i]) << "size " << i + 1;
  }
}

// The proofs that the CT project publishes for that tree.
TEST(Merkle, TheReferenceTreeHasItsPublishedProofs) {
  constexpr char kLeaf0[] = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                 kLeaf1[] = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                 kLeaf4[] = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                 kLeaves01[] = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                 kLeaves23[] = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                 kLeaves45[] = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                 kLeaves67[] = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                 kLeaves03[] = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                 kLeaves47[] = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
  using Texts = std::vector<std::string>;
  Leaves leaves;
  std::vector<Digest> roots{empty_root()};
  Frontier frontier;
  for (const char* input : kReferenceInputs) {
    leaves.push_back(merkle_leaf_hash(*from_hex(input)));
    frontier.append(leaves.back());
    roots.push_back(frontier.root());
  }
  const LeafReader reader(leaves);
  const auto texts = [](const std::vector<Digest>& proof) {
    Texts all;
    for (const Digest& digest : proof) all.push_back(to_hex(digest));
    return all;
  };
  for (const auto& [index, size, published] :
       std::vector<std::tuple<std::uint64_t, std::uint64_t, Texts>>{{0, 1, {}},
                                                                    {0, 8, {kLeaf1, kLeaves23, kLeaves47}},
                                                                    {5, 8, {kLeaf4, kLeaves67, kLeaves03}},
                                                                    {2, 3, {kLeaves01}},
                                                                    {1, 5, {kLeaf0, kLeaves23, kLeaf4}}}) {
    const auto proof = prove_inclusion(index, size, reader);
    ASSERT_TRUE(proof);
    EXPECT_EQ(texts(*proof), published) << index << " of " << size;
    EXPECT_TRUE(check_inclusion(index, size, leaves[index], *proof, roots[size]));
  }
  for (const auto& [from, to, published] :
       std::vector<std::tuple<std::uint64_t, std::uint64_t, Texts>>{{1, 1, {}},
                                                                    {1, 8, {kLeaf1, kLeaves23, kLeaves47}},
                                                                    {6, 8, {kLeaves45, kLeaves67, kLeaves03}},
                                                                    {2, 5, {kLeaves23, kLeaf4}}}) {
    const auto proof = prove_consistency(from, to, reader);
    ASSERT_TRUE(proof);
    EXPECT_EQ(texts(*proof), published) << from << " to " << to;
    EXPECT_TRUE(check_consistency(from, roots[from], to, roots[to], *proof));
  }
}

TEST(Merkle, ACommitmentIsOverSaltAndBytesAndTheLeafOverTheCommitment) {
  const Salt salt{1, 2, 3};
  Bytes joined(salt.begin(), salt.end());
  joined.insert(joined.end(), {9, 8});
  const Bytes event = {9, 8};
  EXPECT_EQ(commitment_of(salt, event), sha256(joined));
  EXPECT_EQ(leaf_hash_of(commitment_of(salt, event)), merkle_leaf_hash(sha256(joined)));
}

TEST(Merkle, HashingInPiecesIsHashingAtOnce) {
  Sha256 hasher;
  for (int round = 0; round < 2; ++round) {
    hasher.update(as_bytes("ab"));
    hasher.update(as_bytes("c"));
    EXPECT_EQ(to_hex(hasher.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}

TEST(Merkle, GrowingLeafByLeafGivesTheRecursiveRoot) {
  const Leaves leaves = numbered_leaves(600);
  Frontier frontier;
  for (std::size_t size = 0; size <= leaves.size(); ++size) {
    const std::span<const Digest> first = std::span(leaves).first(size);
    ASSERT_EQ(frontier.root(), naive_root(first)) << size;
    auto restored = Frontier::restore(size, frontier.peaks());
    ASSERT_TRUE(restored && *restored == frontier);
    if (size < leaves.size()) frontier.append(leaves[size]);
  }
}

TEST(Merkle, ARightEdgeThatDoesNotFitItsSizeIsCorrupt) {
  EXPECT_FALSE(Frontier::restore(3, {Digest{}}).has_value());
  EXPECT_FALSE(Frontier::restore(0, {Digest{}}).has_value());
  EXPECT_FALSE(Frontier::restore(UINT64_MAX, std::vector<Digest>(64)).has_value());
}

TEST(Inclusion, EveryLeafOfEverySmallTreeIsProvedAsTheRfcSays) {
  const Leaves leaves = numbered_leaves(130);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const std::span<const Digest> tree = std::span(leaves).first(size);
    const Digest root = naive_root(tree);
    for (std::size_t index = 0; index < size; ++index) {
      const LeafReader reader(leaves);
      auto proof = prove_inclusion(index, size, reader);
      ASSERT_TRUE(proof.has_value());
      ASSERT_EQ(*proof, naive_path(index, tree)) << index << " of " << size;
      ASSERT_LE(reader.calls, 1);
      ASSERT_TRUE(check_inclusion(index, size, leaves[index], *proof, root));
    }
  }
}

// Flips one bit of one byte in each hash, in turn.
template <typename Check>
void expect_no_flip_passes(Digest& digest, Check check) {
  for (std::size_t byte = 0; byte < digest.size(); byte += 5) {
    digest[byte] ^= 0x10;
    EXPECT_FALSE(check());
    digest[byte] ^= 0x10;
  }
}

TEST(Inclusion, OneFlippedBitAnywhereFails) {
  const Leaves leaves = numbered_leaves(40);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    Digest root = naive_root(std::span(leaves).first(size));
    for (std::size_t index = 0; index < size; ++index) {
      const LeafReader reader(leaves);
      Leaves proof = *prove_inclusion(index, size, reader);
      Digest leaf = leaves[index];
      const auto check = [&] { return check_inclusion(index, size, leaf, proof, root); };
      ASSERT_TRUE(check());
      expect_no_flip_passes(leaf, check);
      expect_no_flip_passes(root, check);
      for (Digest& hash : proof) expect_no_flip_passes(hash, check);
    }
  }
}

TEST(Inclusion, AProofSpeaksOfItsPlaceAndSizeAndLengthOnly) {
  const Leaves leaves = numbered_leaves(40);
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const Digest root = naive_root(std::span(leaves).first(size));
    for (std::size_t index = 0; index < size; ++index) {
      const LeafReader reader(leaves);
      Leaves proof = *prove_inclusion(index, size, reader);
      for (std::size_t other = 0; other <= size + 1; ++other) {
        EXPECT_EQ(check_inclusion(other, size, leaves[index], proof, root), other == index);
      }
      Leaves longer = proof;
      longer.push_back(Digest{});
      EXPECT_FALSE(check_inclusion(index, size, leaves[index], longer, root));
      if (proof.empty()) continue;
      proof.pop_back();
      EXPECT_FALSE(check_inclusion(index, size, leaves[index], proof, root));
    }
  }
  const LeafReader reader(leaves);
  EXPECT_FALSE(prove_inclusion(40, 40, reader).has_value());
}

TEST(Consistency, EveryPairOfSmallTreesIsProvedAsTheRfcSays) {
  const Leaves leaves = numbered_leaves(70);
  for (std::size_t to = 1; to <= leaves.size(); ++to) {
    const Digest to_root = naive_root(std::span(leaves).first(to));
    for (std::size_t from = 1; from <= to; ++from) {
      const LeafReader reader(leaves);
      auto proof = prove_consistency(from, to, reader);
      ASSERT_TRUE(proof.has_value());
      ASSERT_EQ(*proof, naive_subproof(from, std::span(leaves).first(to), true)) << from << " to " << to;
      ASSERT_LE(reader.calls, 1);
      ASSERT_TRUE(check_consistency(from, naive_root(std::span(leaves).first(from)), to, to_root, *proof));
    }
    EXPECT_TRUE(check_consistency(0, empty_root(), to, to_root, {}));
  }
}

TEST(Consistency, OneFlippedBitAnywhereFails) {
  const Leaves leaves = numbered_leaves(33);
  for (std::size_t to = 2; to <= leaves.size(); ++to) {
    Digest to_root = naive_root(std::span(leaves).first(to));
    for (std::size_t from = 1; from < to; ++from) {
      Digest from_root = naive_root(std::span(leaves).first(from));
      const LeafReader reader(leaves);
      Leaves proof = *prove_consistency(from, to, reader);
      const auto check = [&] { return check_consistency(from, from_root, to, to_root, proof); };
      ASSERT_TRUE(check());
      expect_no_flip_passes(from_root, check);
      expect_no_flip_passes(to_root, check);
      for (Digest& hash : proof) expect_no_flip_passes(hash, check);
      proof.push_back(Digest{});
      EXPECT_FALSE(check());
      proof.pop_back();
      proof.pop_back();
      EXPECT_FALSE(check());
    }
  }
}

TEST(Consistency, EveryBitOfEveryHashOfEverySmallTreeCounts) {
  const Leaves leaves = numbered_leaves(9);
  const LeafReader reader(leaves);
  const std::span<const Digest> all(leaves);
  for (std::uint64_t to = 2; to <= 9; ++to) {
    for (std::uint64_t from = 1; from < to; ++from) {
      const Digest old_root = naive_root(all.first(from)), new_root = naive_root(all.first(to));
      auto proof = *prove_consistency(from, to, reader);
      ASSERT_TRUE(check_consistency(from, old_root, to, new_root, proof));
      for (std::size_t bit = 0; bit < proof.size() * 256; ++bit) {
        auto& byte = proof[bit / 256][bit % 256 / 8];
        byte = static_cast<std::uint8_t>(byte ^ (1U << (bit % 8)));
        ASSERT_FALSE(check_consistency(from, old_root, to, new_root, proof)) << from << " to " << to << ", bit " << bit;
        byte = static_cast<std::uint8_t>(byte ^ (1U << (bit % 8)));
      }
    }
  }
}

TEST(Consistency, ATreeThatChangedItsPastIsFound) {
  const Leaves leaves = numbered_leaves(40);
  for (std::size_t from = 1; from < 20; ++from) {
    Leaves forged = leaves;
    forged[from - 1][0] ^= 1;
    const LeafReader reader(forged);
    const Leaves proof = *prove_consistency(from, 40, reader);
    EXPECT_FALSE(check_consistency(from, naive_root(std::span(leaves).first(from)), 40, naive_root(forged), proof));
  }
}

TEST(Consistency, ASmallerTreeDoesNotFollowALargerOne) {
  const Leaves leaves = numbered_leaves(4);
  const LeafReader reader(leaves);
  EXPECT_FALSE(prove_consistency(4, 3, reader).has_value());
  EXPECT_FALSE(check_consistency(4, naive_root(leaves), 3, naive_root(std::span(leaves).first(3)), {}));
}

}  // namespace
}  // namespace ishi
