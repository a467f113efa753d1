// A witness against the text of the protocol, and a log and its witnesses together.
#include "api/witness/witness.h"

#include <gtest/gtest.h>

#include "api/evidence/checkpoint_signer.h"
#include "api/evidence/witness_client.h"
#include "api/witness/witness_protocol.h"
#include "registry/notes/witness_policy.h"
#include "tests/api/evidence/log_house.h"

namespace ishi::api {
namespace {

using testing::key_ring;
using testing::kOrigin;

class Witnessing : public ::testing::Test, protected testing::LogHouse {
 protected:
  void SetUp() override { restart(); }
  void restart() {
    witness.reset();
    auto opened = Witness::open(state.path(), witness_keys, keys.verifiers, clock);
    ASSERT_TRUE(opened) << opened.error().detail;
    witness = *std::move(opened);
  }
  SignedNote note_of(const Checkpoint& checkpoint) const {
    const std::string text = format_checkpoint(checkpoint);
    return {text, {keys.signing.sign(text)}};
  }
  SignedNote head() const { return note_of({kOrigin, log.frontier()->size(), log.frontier()->root(), {}}); }
  std::vector<Digest> proof(std::uint64_t from) const {
    const std::uint64_t size = log.frontier()->size();
    return *prove_consistency(from, size, TiledHashReader(log, size));
  }
  Response add(const std::string& body) {
    Request request;
    request.method = Method::kPost;
    request.body = body;
    return witness->add_checkpoint(request);
  }
  Response add(std::uint64_t old_size, const SignedNote& checkpoint, std::vector<Digest> hashes) {
    return add(format_add_checkpoint({old_size, std::move(hashes), checkpoint}));
  }
  Response monitored() {
    Request request;
    request.parameters["origin"] = origin_id(kOrigin);
    return witness->checkpoint(request);
  }

  testing::Folder state;
  KeyRing witness_keys = key_ring("witness.example/w", 9, NoteKeyType::kCosignature);
  std::unique_ptr<Witness> witness;
};

TEST_F(Witnessing, CosignsAGrowingLogAndRemembersItOverARestart) {
  std::uint64_t size = 0;
  for (const std::size_t more : {3U, 1U, 300U, 0U}) {
    append(more);
    const Response response = add(size, head(), proof(size));
    ASSERT_EQ(response.status, 200) << response.body;
    const auto cosignature = parse_signature_line(response.body.substr(0, response.body.size() - 1));
    ASSERT_TRUE(cosignature);
    EXPECT_TRUE(witness_keys.verifiers[0].verify(head().text, *cosignature));
    EXPECT_EQ(cosigned_at(*cosignature), static_cast<std::uint64_t>(clock.now().microseconds() / 1'000'000));
    size += more;
    restart();
    EXPECT_EQ(monitored().status, 200);
    EXPECT_EQ(parse_note(monitored().body)->text, head().text);
  }
}

TEST_F(Witnessing, AnswersAsTheProtocolSays) {
  append(5);
  EXPECT_EQ(monitored().status, 404);
  EXPECT_EQ(add("nonsense").status, 400);
  EXPECT_EQ(add("old 05\n\n").status, 400);
  EXPECT_EQ(add(6, head(), {}).status, 400);
  SignedNote forged = head();
  forged.signatures[0].signature[0] ^= 1;
  EXPECT_EQ(add(0, forged, {}).status, 403);
  const KeyRing stranger = key_ring(kOrigin, 7);
  EXPECT_EQ(add(0, {head().text, {stranger.signing.sign(head().text)}}, {}).status, 403);
  const KeyRing other = key_ring("other.example", 8);
  const std::string text = format_checkpoint({"other.example", 0, empty_root(), {}});
  EXPECT_EQ(add(0, {text, {other.signing.sign(text)}}, {}).status, 404);
  const Response early = add(3, head(), proof(3));
  EXPECT_EQ(early.status, 409);
  EXPECT_EQ(early.body, "0\n");
  EXPECT_EQ(early.content_type, "text/x.tlog.size");
  EXPECT_EQ(add(0, head(), {Digest{}}).status, 422);
  EXPECT_EQ(add(0, head(), {}).status, 200);
  append(2);
  EXPECT_EQ(add(0, head(), {}).body, "5\n");
  auto bad = proof(5);
  bad[0][0] ^= 1;
  EXPECT_EQ(add(5, head(), bad).status, 422);
  EXPECT_EQ(add(5, head(), {}).status, 422);
  EXPECT_EQ(add(5, head(), proof(5)).status, 200);
}

TEST_F(Witnessing, NeverCosignsAForkOrAStepBack) {
  append(8);
  const SignedNote eight = head();
  ASSERT_EQ(add(0, eight, {}).status, 200);
  Checkpoint fork{kOrigin, 8, sha256(as_bytes("fork")), {}};
  EXPECT_EQ(add(8, note_of(fork), {}).status, 409);
  fork.size = 9;
  EXPECT_EQ(add(8, note_of(fork), {}).status, 422);
  append(4);
  const auto forward = proof(8);
  ASSERT_EQ(add(8, head(), forward).status, 200);
  EXPECT_EQ(add(0, eight, {}).status, 409);
  EXPECT_EQ(add(8, eight, {}).status, 409);
  EXPECT_EQ(add(12, eight, {}).status, 400);
  EXPECT_EQ(parse_note(monitored().body)->text, head().text);
}

TEST_F(Witnessing, AStateThatItDidNotWriteStopsIt) {
  append(8);
  ASSERT_EQ(add(0, head(), {}).status, 200);
  witness.reset();
  std::filesystem::resize_file(state.file(origin_id(kOrigin)), 40);
  EXPECT_EQ(Witness::open(state.path(), witness_keys, keys.verifiers, clock).error().code, "witness_state");
}

TEST_F(Witnessing, TwoProcessesAreNotOneWitness) {
  EXPECT_EQ(Witness::open(state.path(), witness_keys, keys.verifiers, clock).error().code, "witness_running");
}

TEST_F(Witnessing, ADiskThatCannotBeWrittenGivesNoCosignature) {
  append(8);
  std::filesystem::create_directory(state.file(origin_id(kOrigin) + ".new"));  // where the new state would be written
  EXPECT_EQ(add(0, head(), {}).status, 503);
  EXPECT_EQ(monitored().status, 404);
}

TEST(WitnessProtocol, ARequestReadsBackAsItWasWrittenAndNothingElseIsTaken) {
  const std::string text = format_checkpoint({kOrigin, 9, Digest{}, {}});
  const AddCheckpoint request{4, {Digest{}, sha256({})}, {text, {key_ring(kOrigin, 1).signing.sign(text)}}};
  const std::string good = format_add_checkpoint(request);
  EXPECT_EQ(*parse_add_checkpoint(good), request);
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse_add_checkpoint(good.substr(0, length))) << length;
  }
  AddCheckpoint long_one = request;
  long_one.proof.resize(63);
  EXPECT_TRUE(parse_add_checkpoint(format_add_checkpoint(long_one)));
  long_one.proof.resize(64);
  EXPECT_FALSE(parse_add_checkpoint(format_add_checkpoint(long_one)));
}

// Straight into a witness, without a socket; `down` as if nobody listened.
class Direct final : public WitnessTransport {
 public:
  Direct(Witness& witness, const std::atomic<bool>& down) : witness_(witness), down_(down) {}
  Result<WitnessReply> add_checkpoint(std::string_view body) override {
    if (down_) return fail(ErrorKind::kUnavailable, "server_unreachable", "");
    Request request;
    request.body = body;
    Response response = witness_.add_checkpoint(request);
    return WitnessReply{response.status, response.content_type, response.body};
  }

 private:
  Witness& witness_;
  const std::atomic<bool>& down_;
};

TEST_F(Witnessing, TheSignerCollectsCosignaturesAndAPolicyAcceptsThem) {
  append(20);
  const auto policy = WitnessPolicy::parse("log " + keys.verifiers[0].format() + "\nwitness w " +
                                           witness_keys.verifiers[0].format() + "\nquorum w\n");
  ASSERT_TRUE(policy);
  std::atomic<bool> down{true};
  SignerOptions options{keys, folder.file("memory")};
  options.look_every = std::chrono::milliseconds(1);
  options.witness_wait_max = std::chrono::milliseconds(1);
  std::vector<std::unique_ptr<WitnessClient>> clients;
  clients.push_back(
      std::make_unique<WitnessClient>(witness_keys.verifiers[0], std::make_unique<Direct>(*witness, down), log));
  CheckpointSigner signer(std::move(options), std::move(clients), log, store, nullptr);
  signer.start();
  const auto accepted = [&](std::uint64_t size) {
    const auto stored = store.latest().value();
    if (!stored) return false;
    const auto trusted = policy->check(*parse_note(*stored));
    return trusted && trusted->checkpoint.size == size && trusted->witnessed_by.size() == 1;
  };
  while (signer.stats().signed_size < 20) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  append(5);  // a witness that is away holds up nobody
  while (signer.stats().signed_size < 25) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_FALSE(accepted(25));
  down = false;
  while (!accepted(25)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  append(300);
  while (!accepted(325)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST_F(Witnessing, AClientFindsOutWhatTheWitnessSawLast) {
  const std::atomic<bool> up{false};
  append(20);
  ASSERT_EQ(add(0, head(), {}).status, 200);
  append(13);
  WitnessClient client(witness_keys.verifiers[0], std::make_unique<Direct>(*witness, up), log);
  const Signed fresh{*parse_checkpoint(head().text), head()};
  const auto cosignature = client.offer(fresh);
  ASSERT_TRUE(cosignature) << cosignature.error().detail;
  EXPECT_TRUE(client.offer(fresh));
}

TEST_F(Witnessing, AClientReportsThatTheWitnessSawMoreThanWeHave) {
  const std::atomic<bool> up{false};
  append(20);
  const Signed old{*parse_checkpoint(head().text), head()};
  append(1);
  ASSERT_EQ(add(0, head(), {}).status, 200);
  WitnessClient client(witness_keys.verifiers[0], std::make_unique<Direct>(*witness, up), log);
  EXPECT_EQ(client.offer(old).error().code, "witness_ahead");
}

}  // namespace
}  // namespace ishi::api
