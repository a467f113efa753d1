// Signed notes against the vector that C2SP publishes, and against everything that is not quite one.
#include "registry/notes/note.h"

#include <gtest/gtest.h>

#include "registry/notes/note_text.h"

namespace ishi {
namespace {

constexpr char kExampleKey[] = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
constexpr char kExampleNote[] =
    "This is an example message.\n"
    "\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

Ed25519Seed seed_of(std::uint8_t number) {
  Ed25519Seed seed{};
  seed[0] = number;
  return seed;
}

SigningKey key_of(const std::string& name, std::uint8_t number = 1) {
  return SigningKey::from_seed(name, NoteKeyType::kSignature, seed_of(number));
}

TEST(Note, ThePublishedExampleVerifies) {
  const auto key = VerifierKey::parse(kExampleKey);
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->key_id(), 0x530d903aU);
  EXPECT_EQ(key->format(), kExampleKey);
  const auto note = parse_note(kExampleNote);
  ASSERT_TRUE(note) << note.error().detail;
  EXPECT_EQ(note->text, "This is an example message.\n");
  const auto signers = verify_note(*note, std::span(&*key, 1));
  ASSERT_TRUE(signers) << signers.error().detail;
  EXPECT_EQ(signers->size(), 1U);
  EXPECT_EQ(format_note(*note), kExampleNote);
}

TEST(Note, AFlippedBitAnywhereIsNoticed) {
  const auto key = VerifierKey::parse(kExampleKey);
  ASSERT_TRUE(key);
  const std::string good = kExampleNote;
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto note = parse_note(bad);
    EXPECT_FALSE(note && verify_note(*note, std::span(&*key, 1))) << "bit " << bit;
  }
}

TEST(Note, ASignedTextComesBackAsItWas) {
  const SigningKey key = key_of("registry.example/log");
  const std::string text = "意思\n\nan empty line above is part of the text\n";
  const SignedNote note{text, {key.sign(text)}};
  const auto parsed = parse_note(format_note(note));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, note);
  EXPECT_TRUE(verify_note(*parsed, std::span(&key.verifier(), 1)));
}

TEST(Note, SignaturesOfUnknownKeysAreIgnoredEvenIfTheyShareNameOrId) {
  const SigningKey key = key_of("a.example");
  const std::string text = "t\n";
  NoteSignature same_name = key_of("a.example", 2).sign(text);
  NoteSignature same_id = key.sign(text);
  same_id.name = "b.example";
  same_id.signature[0] ^= 1;
  const SignedNote note{text, {same_name, same_id, key.sign(text)}};
  EXPECT_TRUE(verify_note(note, std::span(&key.verifier(), 1)));
}

TEST(Note, OneFalseSignatureOfAKnownKeyCondemnsTheNote) {
  const SigningKey key = key_of("a.example"), other = key_of("b.example", 2);
  const std::string text = "t\n";
  NoteSignature forged = other.sign(text);
  forged.signature[5] ^= 1;
  const SignedNote note{text, {key.sign(text), forged}};
  const std::vector<VerifierKey> keys{key.verifier(), other.verifier()};
  const auto signers = verify_note(note, keys);
  ASSERT_FALSE(signers);
  EXPECT_EQ(signers.error().code, "bad_signature");
}

TEST(Note, WithoutAKnownSignatureNothingIsBelieved) {
  const SigningKey key = key_of("a.example"), stranger = key_of("c.example", 3);
  const SignedNote note{"t\n", {stranger.sign("t\n")}};
  const auto signers = verify_note(note, std::span(&key.verifier(), 1));
  ASSERT_FALSE(signers);
  EXPECT_EQ(signers.error().code, "no_known_signature");
}

TEST(Note, AHundredSignaturesAreReadAndNoMore) {
  const SigningKey key = key_of("a.example");
  SignedNote note{"t\n", {}};
  for (std::uint8_t i = 0; i < 99; ++i) note.signatures.push_back(key_of("w.example", i).sign("t\n"));
  note.signatures.push_back(key.sign("t\n"));
  const auto parsed = parse_note(format_note(note));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(verify_note(*parsed, std::span(&key.verifier(), 1)));
  note.signatures.push_back(key.sign("t\n"));
  EXPECT_FALSE(parse_note(format_note(note)));
}

TEST(Note, WhatIsNotExactlyANoteIsRefused) {
  const std::string line = "— a.example AAAAAAA=\n";
  EXPECT_TRUE(parse_note("t\n\n" + line));
  const std::vector<std::string> bad_notes = {"",
                                              "t\n",
                                              "t\n\n",
                                              "t\n" + line,
                                              "t\n\n" + line.substr(0, line.size() - 1),
                                              "t\r\n\n" + line,
                                              "t\x01\n\n" + line,
                                              "t\xff\n\n" + line,
                                              "t\xc0\x80\n\n" + line,
                                              "t\xed\xa0\x80\n\n" + line,
                                              std::string("t\0\n\n", 4) + line,
                                              "t\n\n- a.example AAAAAAA=\n",
                                              "t\n\n— a.example AAAAAAB=\n",
                                              "t\n\n— a.example AAAAAA==\n",
                                              "t\n\n—  AAAAAAA=\n",
                                              "t\n\n— a+b AAAAAAA=\n",
                                              "t\n\n— a\xc2\xa0"
                                              "b AAAAAAA=\n",
                                              "t\n\n— a.example AAAAAAA= \n",
                                              "t\n\n" + line + "x\n"};
  for (const std::string& bad : bad_notes) {
    EXPECT_FALSE(parse_note(bad)) << bad;
  }
}

TEST(NoteKey, ItsTextComesBackAndNothingElseIsTaken) {
  for (const NoteKeyType type : {NoteKeyType::kSignature, NoteKeyType::kCosignature}) {
    const SigningKey key = SigningKey::from_seed("log.example/x", type, seed_of(9));
    const auto again = SigningKey::parse(key.format_secret());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->format_secret(), key.format_secret());
    const auto verifier = VerifierKey::parse(key.verifier().format());
    ASSERT_TRUE(verifier);
    EXPECT_EQ(verifier->format(), key.verifier().format());
  }
  const std::string good = kExampleKey;
  const std::vector<std::string> bad_keys = {
      "",
      "example.com/foo",
      good.substr(0, good.size() - 4),
      "+" + good.substr(good.find('+') + 1),
      good + "=",
      " " + good,
      std::string("example.com/foo+530d903b+") + good.substr(good.rfind('+') + 1)};
  for (const std::string& bad : bad_keys) {
    EXPECT_FALSE(VerifierKey::parse(bad)) << bad;
  }
}

TEST(NoteKey, AnErrorNeverRepeatsTheSecret) {
  std::string secret = key_of("log.example").format_secret();
  const std::string material = secret.substr(secret.rfind('+') + 1);
  secret[secret.find("+", 15) + 1] = 'z';  // not hex
  const auto key = SigningKey::parse(secret);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().detail.find(material), std::string::npos);
}

TEST(Cosignature, StatesItsTimeAndEveryBitOfItCounts) {
  const SigningKey witness = SigningKey::from_seed("w.example", NoteKeyType::kCosignature, seed_of(4));
  const std::string text = "log.example\n5\nAAAA\n";
  const NoteSignature good = witness.cosign(text, 1'700'000'000);
  EXPECT_EQ(good.signature.size(), 72U);
  EXPECT_EQ(cosigned_at(good), 1'700'000'000U);
  EXPECT_TRUE(witness.verifier().verify(text, good));
  for (std::size_t bit = 0; bit < good.signature.size() * 8; ++bit) {
    NoteSignature bad = good;
    bad.signature[bit / 8] = static_cast<std::uint8_t>(bad.signature[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(witness.verifier().verify(text, bad)) << "bit " << bit;
  }
  EXPECT_FALSE(witness.verifier().verify(text + "x\n", good));
}

TEST(Cosignature, TheSameSeedAsPlainSignatureIsAnotherKey) {
  const SigningKey plain = key_of("w.example", 4);
  const SigningKey witness = SigningKey::from_seed("w.example", NoteKeyType::kCosignature, seed_of(4));
  EXPECT_NE(plain.verifier().key_id(), witness.verifier().key_id());
}

TEST(NoteText, DecimalsHaveOneForm) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("9223372036854775807"), 9223372036854775807U);
  for (const char* bad :
       {"", "00", "01", "+1", "-1", " 1", "1 ", "1a", "9223372036854775808", "99999999999999999999"}) {
    EXPECT_FALSE(parse_decimal(bad)) << bad;
  }
}

}  // namespace
}  // namespace ishi
