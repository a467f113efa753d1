// `ishi verify` attacked: receipts of runs in every form that is handed out, bent, cut, mixed up, of somebody else.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/client/commands/verify_command.h"
#include "api/client/evidence/receipt_files.h"
#include "api/client/runs/evidence_file.h"
#include "api/client/runs/filter_report.h"
#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "registry/merkle/sha256.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::client {
namespace {

constexpr std::string_view kSender = "The sender adds";

std::size_t stride(std::size_t brief) {
  const char* const text = std::getenv("ISHI_HUNT");
  return text != nullptr && std::string_view(text) == "full" ? 1 : brief;
}

class VerifyingRuns : public ::testing::Test, protected testing::LogHouse {
 protected:
  // Two objections, a run in three parts, a run in one, a run of the format that had no parts numbered.
  void SetUp() override {
    append(1);
    Objection others;
    others.token = *Token::parse_hex(std::string(32, 'b'));
    others.accepted_at = clock.now();
    ASSERT_TRUE(log.append({{others}, "clinic", std::nullopt, std::nullopt, ""}));
    for (std::uint32_t part : {2U, 1U, 3U}) add(run_of("long", 3, part));
    add(run_of("short", 1, 1));
    FilterRun old = run_of("old", 1, 1);
    old.details.reset();
    add(old);
    ASSERT_TRUE(api::CheckpointPublisher(keys, "", log, store).run());
  }
  static FilterRun run_of(const std::string& batch, std::uint32_t parts, std::uint32_t part) {
    FilterRun run;
    run.batch_id = batch;
    run.regime = "NGMIA_ANON";
    run.holder = "1312345679";
    run.categories = {"LAB", "RECEIPT"};
    run.filter_point = "F4";
    run.input_digest = sha256(as_bytes(batch + std::to_string(part)));
    run.output_digest = sha256(as_bytes("out" + std::to_string(part)));
    run.counts[0] = 90 + part;
    run.counts[1] = part;
    run.position = Position(2);
    run.as_of = run.evaluated_at = *parse_timestamp("2026-11-20T12:00:00.25+09:00");
    run.valid_until = run.evaluated_at.plus_seconds(86'400);
    run.parts = parts;
    run.details = RunDetails{part, RunForm::kText, RunTold::kReasons, 0, ""};
    return run;
  }
  void add(const FilterRun& run) { ASSERT_TRUE(log.append({{run}, "clinic", std::nullopt, std::nullopt, ""})); }
  std::string receipt(std::uint64_t index) { return *receipts.receipt(EventIndex(index)); }
  std::string whole() { return receipt(2) + receipt(3) + receipt(4); }
  // As `ishi filter` would have written it about the run in three parts.
  std::string json() {
    FilterReport report;
    report.question.regime = "NGMIA_ANON";
    report.question.categories = "RECEIPT,LAB";
    report.batch_id = "long";
    report.input_sha256 = std::string(64, '1');
    report.output_sha256 = std::string(64, '2');
    report.items = 400;
    report.kept = 276;
    report.evidence.position = "2";
    report.evidence.evaluated_at = to_iso(*parse_timestamp("2026-11-20T12:00:00.25+09:00"));
    report.evidence.valid_until = to_iso(*parse_timestamp("2026-11-21T12:00:00.25+09:00"));
    const std::uint64_t index_of_part[] = {3, 2, 4};
    for (std::uint32_t number : {1U, 2U, 3U}) {
      const FilterRun run = run_of("long", 3, number);
      BatchPart part;
      part.number = number;
      part.position = "2";
      part.questions = 90 + 2 * number;
      part.body_sha256 = to_hex(run.input_digest);
      part.decision_digest = to_hex(run.output_digest);
      part.receipt = EventIndex(index_of_part[number - 1]);
      part.proof = receipt(index_of_part[number - 1]);
      report.evidence.parts.push_back(part);
    }
    report.reasons[0] = 276;
    report.reasons[1] = 6;
    report.reasons[14] = 3;  // could not be read, never sent
    return receipt_json(report);
  }
  Verdict verify(const std::string& text, const std::string& token = "", const std::string& key = "") {
    std::ofstream(folder.file("evidence"), std::ios::binary) << text;
    const auto verdict = verify_file(
        {folder.file("evidence"), key.empty() ? keys.verifiers[0].format() : key, "", token}, Words::kEnglish);
    EXPECT_TRUE(verdict) << verdict.error().detail;
    return verdict.value_or(Verdict{});
  }
  // Not proved, for that reason, in a sentence.
  void refused(const std::string& text, const std::string& code, const std::string& words) {
    const Verdict verdict = verify(text);
    EXPECT_FALSE(verdict.proved);
    EXPECT_TRUE(verdict.text.starts_with("NOT PROVED: ")) << verdict.text;
    EXPECT_NE(verdict.text.find("[" + code + "]"), std::string::npos) << verdict.text;
    EXPECT_NE(verdict.text.find(words), std::string::npos) << verdict.text;
  }
  api::LogHandler desk{log, store, keys.verifiers};
  api::ReceiptHandler receipts{desk, [] { return nullptr; }};
};

TEST_F(VerifyingRuns, TheReceiptOfABatchCoversAllItsParts) {
  const Verdict verdict = verify(whole());
  EXPECT_TRUE(verdict.proved);
  for (const char* part : {"Proved: filter run no. 3, 2, 4 is in the registry's log.", "parts: 3",
                           "SHA-256 of what was asked, part 3: ", "ALLOW lines: 276", "DENY_OPTOUT lines: 6",
                           "categories: LAB, RECEIPT", "policy, as event: 0", "point of use: F4",
                           "knowing everything before position: 2", "evaluated at: 2026-11-20T12:00:00.250000+09:00",
                           "may be relied on until: 2026-11-21T12:00:00.250000+09:00", "submitted by: clinic"})
    EXPECT_NE(verdict.text.find(part), std::string::npos) << part << "\n" << verdict.text;
}

TEST_F(VerifyingRuns, EachPartSaysWhatItKnew) {
  FilterRun first = run_of("two", 2, 1), second = run_of("two", 2, 2);
  second.position = Position(7);
  second.policy = EventIndex(6);
  second.as_of = second.evaluated_at = second.evaluated_at.plus_seconds(60);
  second.valid_until = second.evaluated_at.plus_seconds(86'400);
  const std::uint64_t index = log.head()->position.events();
  add(first);
  add(second);
  ASSERT_TRUE(api::CheckpointPublisher(keys, "", log, store).run());
  const Verdict verdict = verify(receipt(index) + receipt(index + 1));
  ASSERT_TRUE(verdict.proved) << verdict.text;
  for (const char* part :
       {"knowing everything before position, part 1: 2", "knowing everything before position, part 2: 7",
        "policy, as event, part 2: 6", "evaluated at, part 2: 2026-11-20T12:01:00.250000+09:00"})
    EXPECT_NE(verdict.text.find(part), std::string::npos) << part << "\n" << verdict.text;
}

TEST_F(VerifyingRuns, AnOldRunIsStillProved) {
  EXPECT_TRUE(verify(receipt(6)).proved);
}

// A sender could move the cursor up and write "Proved" over what stands there.
TEST_F(VerifyingRuns, NothingThatTheSenderWroteReachesTheTerminalUnchecked) {
  const std::string digest(64, '1');
  std::string forged = json();
  forged.replace(forged.find(digest), digest.size(), "\\u001b[2J\\u001b[HProved: everything");
  refused(forged, "evidence_format", "64 hexadecimal digits");
  std::string fatal = json();
  const std::string batch = "\"long\"";
  fatal.replace(fatal.find(batch), batch.size(), "\"\\u001b[1A\\u009b2K\\u202eProved\"");
  const Verdict verdict = verify(fatal);
  EXPECT_FALSE(verdict.proved);
  for (const char* harm : {"\x1b", "\xc2\x9b", "\xe2\x80\xae"})
    EXPECT_EQ(verdict.text.find(harm), std::string::npos) << verdict.text;
  EXPECT_EQ(describe(Error{ErrorKind::kConflict, "x", "a\x1b[2Jb\nProved: all"}, Words::kEnglish),
            "NOT PROVED: a?[2Jb?Proved: all. [x]\n");
}

TEST_F(VerifyingRuns, JsonIsProvedByTheReceiptsInIt) {
  const Verdict verdict = verify(json());
  EXPECT_TRUE(verdict.proved) << verdict.text;
  EXPECT_TRUE(verdict.text.starts_with("Proved: filter run no. 3, 2, 4 is")) << verdict.text;
  EXPECT_NE(verdict.text.find(kSender), std::string::npos) << verdict.text;
}

TEST_F(VerifyingRuns, R25CategoriesMayBeSeparatedBySemicolons) {
  std::string text = json();
  const std::string listed = "RECEIPT,LAB";
  const auto at = text.find(listed);
  ASSERT_NE(at, std::string::npos);
  const Verdict verdict = verify(text.replace(at, listed.size(), "RECEIPT;LAB"));
  EXPECT_TRUE(verdict.proved) << verdict.text;
}

TEST_F(VerifyingRuns, OnePartAloneSaysThatItIsOne) {
  const Verdict verdict = verify(receipt(2));
  EXPECT_TRUE(verdict.proved);
  EXPECT_NE(verdict.text.find("Proved: one part of filter run no. 2"), std::string::npos) << verdict.text;
  EXPECT_NE(verdict.text.find("The other parts (of 3) are not in this file."), std::string::npos) << verdict.text;
}

TEST_F(VerifyingRuns, PartsThatDoNotMakeOneRunAreRefused) {
  refused(receipt(2) + receipt(3), "part_missing", "the receipts of 2 parts, but the run had 3");
  refused(whole() + receipt(2), "part_twice", "part 2 is in this file twice");
  refused(whole() + receipt(5), "parts_differ", "of different runs");
  refused(receipt(2) + receipt(0), "not_a_run", "receipt no. 0 is not of a filter run");
  refused(whole() + "c2sp.org/tlog-proof@v1\n", "proof_format", "damaged or cut off");
}

// Every bit of a run's receipt; of the longer forms every so manieth, or every one at full length.
TEST_F(VerifyingRuns, AFlippedBitAnywhereInTheReceiptsOfARunIsNoticed) {
  const WitnessPolicy policy = WitnessPolicy::logs_only(keys.verifiers);
  for (const auto& [good, step] : {std::pair(receipt(5), std::size_t{1}), std::pair(whole(), stride(23))}) {
    ASSERT_TRUE(open_evidence(good, policy));
    std::string bad = good;
    for (std::size_t bit = 0; bit < good.size() * 8; bit += step) {
      bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(begins_as_receipt(bad) && open_evidence(bad, policy)) << "bit " << bit;
      bad[bit / 8] = good[bit / 8];
    }
  }
}

// What the log vouches for cannot be bent; what the sender adds is told as such.
TEST_F(VerifyingRuns, AFlippedBitInJsonIsNoticedOrChangesNothingThatIsProved) {
  const WitnessPolicy policy = WitnessPolicy::logs_only(keys.verifiers);
  const std::string good = json();
  const auto proved_text = [](const ProvedRun& run) {
    const std::string text = describe(run, Words::kEnglish);
    return text.substr(0, text.find(kSender));
  };
  const auto opened = open_evidence(good, policy);
  ASSERT_TRUE(opened) << opened.error().detail;
  const std::string proved = proved_text(*opened);
  std::string bad = good;
  std::size_t unnoticed = 0;
  for (std::size_t bit = 0; bit < good.size() * 8; bit += stride(29)) {
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    if (const auto bent = open_evidence(bad, policy)) {
      ++unnoticed;
      ASSERT_EQ(proved_text(*bent), proved) << "bit " << bit << " of\n" << good;
    }
    bad[bit / 8] = good[bit / 8];
  }
  EXPECT_LT(unnoticed, good.size()) << "of " << good.size() * 8;
}

TEST_F(VerifyingRuns, ACutFileProvesNothing) {
  for (const std::string& good : {receipt(5), receipt(0)}) {
    for (std::size_t size = 0; size < good.size(); size += 3) {
      const Verdict verdict = verify(good.substr(0, size));
      ASSERT_FALSE(verdict.proved) << size;
      ASSERT_TRUE(verdict.text.starts_with("NOT PROVED: ")) << verdict.text;
    }
  }
  refused(receipt(0).substr(0, 300), "proof_format", "the receipt is damaged or cut off");
  const std::string written = json();
  for (std::size_t size = 0; size + 2 < written.size(); size += 97)
    ASSERT_FALSE(verify(written.substr(0, size)).proved) << size;
  refused(written.substr(0, 500), "evidence_format", "cut off");
  refused("hello\n", "not_evidence", "neither a receipt");
}

TEST_F(VerifyingRuns, JsonThatSaysSomethingElseThanTheLogIsRefused) {
  const auto with = [&](const char* pointer, const nlohmann::json& value) {
    auto changed = nlohmann::json::parse(json());
    changed[nlohmann::json::json_pointer(pointer)] = value;
    return changed.dump();
  };
  for (const auto& [pointer, value, words] : std::vector<std::tuple<const char*, nlohmann::json, const char*>>{
           {"/batch_id", "other", "batch_id"},
           {"/position", 3, "position"},
           {"/valid_until", "2027-01-01T00:00:00.000000+09:00", "valid_until"},
           {"/question/regime", "APPI", "regime"},
           {"/question/holder", "1310000001", "holder"},
           {"/question/categories", "RECEIPT", "categories"},
           {"/question/ground", "court order", "ground"},
           {"/counts/ALLOW", 277, "the count of ALLOW"},
           {"/counts/DENY_OPTOUT", 5, "the count of DENY_OPTOUT"},
           {"/parts/1/body_sha256", std::string(64, '0'), "part 2: body_sha256"},
           {"/parts/2/decision_digest", std::string(64, '0'), "part 3: decision_digest"},
           {"/parts/0/position", 3, "part 1: position"},
           {"/parts/0/questions", 91, "part 1: questions"}})
    refused(with(pointer, value), "evidence_differs", std::string(words) + " in this file is not what the log holds");
  auto without = nlohmann::json::parse(json());
  without["offline_verifiable"] = false;
  without["not_verifiable_because"] = "the server gave no receipt";
  refused(without.dump(), "not_verifiable", "the file holds no receipt (the server gave no receipt)");
  without = nlohmann::json::parse(json());
  without["parts"].erase(1);
  refused(without.dump(), "part_missing", "but the run had 3");
}

TEST_F(VerifyingRuns, TheWrongKeyAnotherLogAndAForgeryAreToldApart) {
  const std::string stranger = testing::key_ring(testing::kOrigin, 5).verifiers[0].format();
  const std::string other = testing::key_ring("other.example/log", 5).verifiers[0].format();
  for (const std::string& good : {receipt(0), receipt(5), store.latest()->value()}) {
    const Verdict wrong = verify(good, "", stranger), another = verify(good, "", other);
    EXPECT_FALSE(wrong.proved);
    EXPECT_FALSE(another.proved);
    EXPECT_NE(wrong.text.find("the key you gave did not sign it: the wrong key, or a forgery"), std::string::npos)
        << wrong.text;
    EXPECT_NE(
        another.text.find("it is of another log: it names registry.example/log, and your key is of other.example/log"),
        std::string::npos)
        << another.text;
  }
  EXPECT_NE(verify(json(), "", stranger).text.find("no key you gave signed it"), std::string::npos);
  std::string forged = receipt(0);
  const std::size_t signature = forged.rfind(' ') + 9;  // behind the key's id
  forged[signature] = forged[signature] == 'A' ? 'B' : 'A';
  refused(forged, "bad_signature", "it was changed after it was signed");
}

TEST_F(VerifyingRuns, SomebodyElsesReceiptIsNotMine) {
  const auto event = log.read(EventIndex(0), 1)->front().event;
  const std::string mine = subjects_of(event.body).front().reveal_hex();
  EXPECT_TRUE(verify(receipt(0), mine).proved);
  const Verdict others = verify(receipt(1), mine), run = verify(receipt(5), mine);
  EXPECT_FALSE(others.proved);
  EXPECT_NE(others.text.find("genuine, but it speaks of another person"), std::string::npos) << others.text;
  EXPECT_FALSE(run.proved);
  EXPECT_NE(run.text.find("genuine, but it speaks of no person"), std::string::npos) << run.text;
  EXPECT_EQ(others.text.find(mine), std::string::npos);
  std::ofstream(folder.file("evidence"), std::ios::binary) << receipt(0);
  EXPECT_EQ(verify_file({folder.file("evidence"), keys.verifiers[0].format(), "", "xyz"}, Words::kEnglish).error().code,
            "usage");
}

}  // namespace
}  // namespace ishi::client
