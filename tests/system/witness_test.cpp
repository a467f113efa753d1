// Witnesses at the command line: real `ishi witness` processes, a policy file with a quorum, `ishi verify --policy`.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "api/host/key_file.h"
#include "api/http_client/http_client.h"
#include "api/witness/witness_protocol.h"
#include "registry/events/event_codec.h"
#include "registry/merkle/leaf.h"
#include "registry/merkle/merkle.h"
#include "registry/notes/receipt.h"
#include "tests/support/paths.h"
#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

using std::chrono::milliseconds;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string line_of(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

class WitnessProcess {
 public:
  WitnessProcess(const Stack& stack, const std::string& name, const std::string& log_key)
      : folder_(stack.folder() + "/" + name), log_key_(log_key) {
    const auto made = stack.run("key generate --witness --name " + name + ".example --out " + folder_ + ".key");
    if (made.status != 0) throw std::runtime_error(made.text);
    key_ = line_of(made.text);
    start();
  }
  ~WitnessProcess() {
    if (pid_ > 0) kill_hard();
  }
  WitnessProcess(const WitnessProcess&) = delete;
  WitnessProcess& operator=(const WitnessProcess&) = delete;

  // At the address it had before, if it had one.
  void start() {
    const std::string listen = "127.0.0.1:" + std::to_string(port_);
    std::ofstream{folder_ + ".log", std::ios::trunc};  // what it said before it was killed is not what it says now
    const std::string program = ishi::testing::binary_folder() + "/bin/ishi";
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int out = open((folder_ + ".log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      dup2(out, 1);
      dup2(out, 2);
      execl(program.c_str(), program.c_str(), "witness", "--listen", listen.c_str(), "--state",
            (folder_ + ".state").c_str(), "--key", (folder_ + ".key").c_str(), "--log", log_key_.c_str(),
            static_cast<char*>(nullptr));
      _exit(127);
    }
    constexpr std::string_view kSays = "listening on port ";
    for (int tries = 0; tries < 600; ++tries) {
      std::this_thread::sleep_for(milliseconds(20));
      const std::string text = read_file(folder_ + ".log");
      const std::size_t at = text.find(kSays);
      if (at == std::string::npos || !text.ends_with('\n')) continue;
      port_ = std::stoi(text.substr(at + kSays.size()));
      return;
    }
    throw std::runtime_error("a witness did not start: " + read_file(folder_ + ".log"));
  }
  void kill_hard() {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  const std::string& key() const { return key_; }
  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // What it cosigned last; nothing before the first time.
  std::optional<Checkpoint> remembers(const std::string& origin) const {
    const auto reply = send("GET", "/" + api::origin_id(origin) + "/checkpoint", "");
    if (!reply || reply->status != 200) return std::nullopt;
    return *parse_checkpoint(parse_note(reply->body)->text);
  }
  Result<client::HttpReply> send(const std::string& method, const std::string& target, const std::string& body) const {
    auto connection = client::connect({.server = address()});
    if (!connection) return fail(connection.error());
    return (*connection)->send({.method = method, .target = target, .body = body});
  }

 private:
  const std::string folder_, log_key_;
  std::string key_;
  int port_ = 0;
  pid_t pid_ = -1;
};

class WitnessQuorum : public ::testing::Test {
 protected:
  WitnessQuorum() {
    stack_.sign_checkpoints();
    log_key_ = api::read_key_file(stack_.folder() + "/log.key")->verifiers.front().format();
    std::vector<std::string> shown;
    for (const char* name : {"ministry", "patients", "university"}) {
      witnesses_.push_back(std::make_unique<WitnessProcess>(stack_, name, log_key_));
      shown.push_back(witnesses_.back()->key() + " " + witnesses_.back()->address());
    }
    stack_.sign_checkpoints(shown);
    server_ = stack_.new_server();
    server_->start();
    std::string policy = "log " + log_key_ + "\n";
    for (std::size_t i = 0; i < 3; ++i) policy += "witness w" + std::to_string(i) + " " + witnesses_[i]->key() + "\n";
    std::ofstream(file("two.policy")) << policy << "group two 2 w0 w1 w2\nquorum two\n";
    std::ofstream(file("all.policy")) << policy << "group all all w0 w1 w2\nquorum all\n";
    std::ofstream(file("log.vkey")) << log_key_ << "\n";
  }
  std::string file(const std::string& name) const { return stack_.folder() + "/" + name; }
  // Somebody objects; the number of the receipt.
  std::string object() {
    const std::string token = std::string(30, 'a') + std::to_string(10 + ++objections_);
    const auto answer = stack_.run("objection --token " + token, server_.get(), "registry-ops");
    const std::size_t at = answer.text.find("receipt ");
    EXPECT_NE(at, std::string::npos) << answer.text;
    return line_of(answer.text.substr(at + 8));
  }
  Stack::Ran verify(const std::string& receipt, const std::string& policy) const {
    return stack_.run("verify " + receipt + " --policy " + file(policy));
  }
  // The receipt as it is fetched until the policy accepts it: cosignatures come a moment after the checkpoint.
  Stack::Ran accepted(const std::string& number, const std::string& policy) {
    Stack::Ran ran;
    for (int tries = 0; tries < 150; ++tries) {
      const auto got = stack_.run("receipt " + number + " --out " + file(number), server_.get(), "registry-ops");
      EXPECT_EQ(got.status, 0) << got.text;
      ran = verify(file(number), policy);
      if (ran.status == 0) return ran;
      std::this_thread::sleep_for(milliseconds(200));
    }
    return ran;
  }

  Stack stack_{0.001};
  std::string log_key_;
  std::vector<std::unique_ptr<WitnessProcess>> witnesses_;
  std::unique_ptr<Stack::Server> server_;
  int objections_ = 0;
};

TEST_F(WitnessQuorum, DecidesWhatIsBelieved) {
  const auto everybody = accepted(object(), "all.policy");
  EXPECT_EQ(everybody.status, 0) << everybody.text;
  for (const char* name : {"witnessed by: w0, ", "witnessed by: w1, ", "witnessed by: w2, "})
    EXPECT_NE(everybody.text.find(name), std::string::npos) << everybody.text;

  // One away: two of three are enough, all three are not to be had.
  witnesses_[2]->kill_hard();
  const std::string second = object();
  EXPECT_EQ(accepted(second, "two.policy").status, 0);
  const auto missing = verify(file(second), "all.policy");
  EXPECT_EQ(missing.status, 1);
  EXPECT_NE(missing.text.find("NOT PROVED: "), std::string::npos) << missing.text;
  EXPECT_NE(missing.text.find("[no_quorum]"), std::string::npos) << missing.text;

  // Two away: the log goes on, its receipts are not believed by those who ask for two.
  witnesses_[1]->kill_hard();
  const std::string third = object();
  const auto got = stack_.run("receipt " + third + " --out " + file("third"), server_.get(), "registry-ops");
  ASSERT_EQ(got.status, 0) << got.text;
  EXPECT_EQ(stack_.run("verify " + file("third") + " --key " + file("log.vkey")).status, 0) << "the log did sign it";
  const auto refused = verify(file("third"), "two.policy");
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.text.find("[no_quorum]"), std::string::npos) << refused.text;

  // They come back, and the same receipt fetched again is believed.
  witnesses_[1]->start();
  witnesses_[2]->start();
  const auto back = accepted(third, "all.policy");
  EXPECT_EQ(back.status, 0) << back.text;
}

TEST_F(WitnessQuorum, AKilledWitnessRemembersWhatItCosigned) {
  WitnessProcess& witness = *witnesses_[0];
  std::mt19937_64 random(seed_of_this_run());
  std::uint64_t seen = 0;
  for (std::uint64_t kill = 0; kill < steps(6, 60); ++kill) {
    ASSERT_EQ(accepted(object(), "all.policy").status, 0);
    // Killed while further checkpoints are being shown to it.
    const auto ops = stack_.client(*server_, "registry-ops");
    std::string body;
    for (int i = 0; i < 20; ++i)
      body += R"({"token":")" + to_hex(sha256(as_bytes(std::to_string(random())))).substr(0, 32) + "\"}\n";
    ASSERT_EQ(ops->send({.target = "/v1/objections", .content_type = "application/x-ndjson", .body = body})->status,
              200);
    std::this_thread::sleep_for(milliseconds(random() % 400));
    const auto before = witness.remembers("stack.example/log");
    witness.kill_hard();
    witness.start();
    const auto after = witness.remembers("stack.example/log");
    ASSERT_TRUE(before) << "it does not answer";
    ASSERT_TRUE(after) << "it forgot everything, or does not answer";
    EXPECT_GE(after->size, before->size);
    EXPECT_GE(after->size, seen);
    seen = after->size;
    // Every cosignature that was handed out is covered by what it remembers.
    const auto head = stack_.client(*server_, "")->send({.method = "GET", .target = "/log/checkpoint"});
    const auto policy = WitnessPolicy::parse("log " + log_key_ + "\nwitness w0 " + witness.key() + "\nquorum w0\n");
    const auto trusted = policy->check(*parse_note(head->body));
    if (trusted) {
      EXPECT_LE(trusted->checkpoint.size, witness.remembers("stack.example/log")->size);
    }
  }
}

// The registry itself turns: with its own key it signs another history.
TEST_F(WitnessQuorum, AForkIsRefusedByWitnessesAndByWhoeverAsksForThem) {
  ASSERT_EQ(accepted(object(), "all.policy").status, 0);
  const auto keys = api::read_key_file(stack_.folder() + "/log.key");
  ASSERT_TRUE(keys);
  const auto known = witnesses_[0]->remembers("stack.example/log");
  ASSERT_TRUE(known);
  // Another history of the same length.
  Objection objection;
  objection.accepted_at = Timestamp(1'790'000'000'000'000);
  const auto bytes = encode_event({objection.accepted_at, "nobody", objection});
  const StoredLeaf leaf{EventIndex(0), commitment_of(Salt{}, *bytes), Salt{}, *bytes};
  Frontier other;
  std::vector<Digest> hashes;
  for (std::uint64_t i = 0; i < known->size; ++i) {
    hashes.push_back(i == 0 ? leaf_hash_of(leaf.commitment) : sha256(as_bytes(std::to_string(i))));
    other.append(hashes.back());
  }
  const auto sign = [&](std::uint64_t size, const Digest& root) {
    const std::string text = format_checkpoint({"stack.example/log", size, root, {}});
    return SignedNote{text, {keys->signing.sign(text)}};
  };
  const SignedNote fork = sign(known->size, other.root());
  ASSERT_NE(other.root(), known->root);
  for (int round = 0; round < 2; ++round) {
    for (const auto& [old_size, note, status] :
         {std::tuple(known->size, fork, 409), std::tuple(std::uint64_t{0}, fork, 409),
          std::tuple(known->size, sign(known->size + 1, other.root()), 422)}) {
      const auto reply =
          witnesses_[0]->send("POST", "/add-checkpoint", api::format_add_checkpoint({old_size, {}, note}));
      ASSERT_TRUE(reply) << reply.error().detail;
      EXPECT_EQ(reply->status, status) << reply->body;
    }
    witnesses_[0]->kill_hard();  // nor does it forget when it dies
    witnesses_[0]->start();
  }
  EXPECT_EQ(witnesses_[0]->remembers("stack.example/log")->root, known->root);

  // A receipt of the other history: the key alone believes it, a policy with witnesses does not.
  const SignedNote tiny = sign(1, hashes[0]);
  std::ofstream(file("fork.tlog-proof"), std::ios::binary) << format_receipt(leaf, {}, tiny);
  EXPECT_EQ(stack_.run("verify " + file("fork.tlog-proof") + " --key " + file("log.vkey")).status, 0);
  const auto refused = verify(file("fork.tlog-proof"), "two.policy");
  EXPECT_EQ(refused.status, 1) << refused.text;
  EXPECT_NE(refused.text.find("[no_quorum]"), std::string::npos) << refused.text;
}

}  // namespace
}  // namespace ishi::testing
