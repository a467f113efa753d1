// Checkpoints over two servers that take turns in dying: every append is covered by and by, no checkpoint is ever
// smaller than one seen before, wherever it is asked for, and each grows out of the one before it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <thread>

#include <nlohmann/json.hpp>

#include "registry/bytes.h"
#include "registry/merkle/merkle.h"
#include "registry/notes/checkpoint.h"
#include "tests/support/paths.h"
#include "tests/system/stack.h"
#include "tests/system/steps.h"

namespace ishi::testing {
namespace {

client::HttpReply ask(client::HttpClient& client, const std::string& method, const std::string& target,
                      const std::string& body = "") {
  client::HttpRequest request;
  request.method = method;
  request.target = target;
  request.content_type = "application/x-ndjson";
  request.body = body;
  const auto reply = client.send(request);
  if (!reply) throw std::runtime_error(target + ": " + reply.error().detail);
  return *reply;
}

struct Watcher {
  std::vector<VerifierKey> keys;
  std::optional<Checkpoint> last;

  // The checkpoint shown there; checked against the last one seen anywhere. Nothing before the first.
  std::optional<Checkpoint> look(client::HttpClient& client) {
    const auto reply = ask(client, "GET", "/log/checkpoint");
    if (reply.status != 200) return std::nullopt;
    const auto note = parse_note(reply.body);
    const auto shown = note ? open_checkpoint(*note, keys) : fail(note.error());
    if (!shown) throw std::runtime_error("a checkpoint does not verify: " + shown.error().code);
    if (last) {
      EXPECT_GE(shown->size, last->size) << "a checkpoint stepped back";
      if (shown->size == last->size) {
        EXPECT_EQ(shown->root, last->root) << "two roots for one size";
      } else {
        EXPECT_TRUE(grows_out_of(client, *last, *shown));
      }
    }
    last = *shown;
    return *shown;
  }

 private:
  static bool grows_out_of(client::HttpClient& client, const Checkpoint& from, const Checkpoint& to) {
    const auto reply = ask(
        client, "GET", "/v1/proofs/consistency?from=" + std::to_string(from.size) + "&to=" + std::to_string(to.size));
    if (reply.status != 200) return false;
    std::vector<Digest> hashes;
    const auto json = nlohmann::json::parse(reply.body);
    for (const auto& item : json.at("hashes")) {
      Digest digest{};
      const auto bytes = from_base64(item.get<std::string>());
      std::copy(bytes->begin(), bytes->end(), digest.begin());
      hashes.push_back(digest);
    }
    return check_consistency(from.size, from.root, to.size, to.root, hashes);
  }
};

TEST(Checkpoints, GrowOverTwoServersThatDieInTurn) {
  Stack stack(0.005);
  ASSERT_EQ(std::system((ishi::testing::binary_folder() + "/bin/ishi key generate --name two.example/log --out " +
                         stack.folder() + "/log.key >/dev/null")
                            .c_str()),
            0);
  const auto section = [](const std::string& memory) {
    return "[evidence]\nkey_file = \"log.key\"\nmemory_file = \"" + memory + "\"\n";
  };
  const std::unique_ptr<Stack::Server> servers[] = {stack.new_server(section("one.memory")),
                                                    stack.new_server(section("two.memory"))};
  for (const auto& server : servers) server->start();
  Watcher watcher;
  const std::string vkey = ask(*stack.client(*servers[0], ""), "GET", "/log/vkey").body;
  watcher.keys.push_back(*VerifierKey::parse(std::string_view(vkey).substr(0, vkey.find('\n'))));

  std::uint64_t persons = 0;
  for (std::uint64_t round = 0; round < steps(6, 40); ++round) {
    const auto& writer = servers[round % 2];
    const auto ops = stack.client(*writer, "registry-ops");
    std::uint64_t position = 0;
    for (int batch = 0; batch < 5; ++batch) {
      std::string lines;
      for (int i = 0; i < 60; ++i) {
        char token[33];
        std::snprintf(token, sizeof token, "%032llx", static_cast<unsigned long long>(++persons));
        lines += nlohmann::json{{"token", token}}.dump() + "\n";
      }
      const auto reply = ask(*ops, "POST", "/v1/objections", lines);
      ASSERT_EQ(reply.status, 200) << reply.body;
      position = nlohmann::json::parse(reply.body).at("position");
      for (const auto& server : servers) watcher.look(*stack.client(*server, ""));
    }
    bool covered = false;
    for (int tries = 0; tries < 600 && !covered; ++tries) {
      const auto shown = watcher.look(*stack.client(*servers[(round + 1) % 2], ""));
      covered = shown && shown->size >= position;
      if (!covered) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(covered) << "no checkpoint covers what was acknowledged";
    servers[round % 2]->kill_hard();
    ASSERT_TRUE(watcher.look(*stack.client(*servers[(round + 1) % 2], "")).has_value());
    servers[round % 2]->start();
  }
}

}  // namespace
}  // namespace ishi::testing
