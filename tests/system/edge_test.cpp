// nginx in front, as ops/demo starts it: full tiles are asked of ishid once, and then served by the edge, also while
// ishid is away.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/system/stack.h"

namespace ishi::testing {
namespace {

int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  close(fd);
  return ntohs(address.sin_port);
}

// The template of ops/nginx/, through the very function with which ops/demo starts it.
class Edge {
 public:
  Edge(const std::string& home, const std::string& server) : home_(home) {
    const std::string server_port = server.substr(server.rfind(':') + 1);
    run("start_edge " + server_port + " " + std::to_string(port_));
  }
  ~Edge() { run("stop_program nginx"); }
  std::unique_ptr<client::HttpClient> client() const {
    client::ConnectionOptions options;
    options.server = "https://127.0.0.1:" + std::to_string(port_);
    options.authority_file = home_ + "/tls/server.pem";
    auto connected = client::connect(options);
    if (!connected) throw std::runtime_error(connected.error().detail);
    return std::move(*connected);
  }

 private:
  void run(const std::string& verb) const {
    const std::string command = "ISHI_HOME='" + home_ + "' bash -c 'source " + ishi::testing::source_folder() +
                                "/ops/lib/common.sh; source " + ishi::testing::source_folder() +
                                "/ops/lib/edge.sh; ISHI_HOME=" + home_ + "; " + verb + "'";
    if (std::system(command.c_str()) != 0) throw std::runtime_error(verb + " failed");
  }
  const std::string home_;
  const int port_ = free_port();
};

client::HttpReply get(client::HttpClient& client, const std::string& target) {
  client::HttpRequest request;
  request.method = "GET";
  request.target = target;
  const auto reply = client.send(request);
  if (!reply) throw std::runtime_error(target + ": " + reply.error().detail);
  return *reply;
}

template <typename Done>
void wait_for(const char* what, Done done) {
  for (int tries = 0; tries < 300; ++tries) {
    if (done()) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  throw std::runtime_error(std::string("it did not happen in time: ") + what);
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A limited, a refused and an unserved request each make nginx complain, and it quotes the request line.
TEST(Edge, NoLogHoldsAnIdentifierOfAPerson) {
  Stack stack(0.01);
  const auto server = stack.new_server();
  server->start();
  const Edge edge(stack.folder(), server->url());
  const auto outside = edge.client();
  wait_for("nginx", [&] {
    const auto reply = outside->send({.method = "GET", .target = "/healthz"});
    return reply && reply->status == 200;
  });
  const std::string token = "0123456789abcdef0123456789abcdef", number = "87654321", my_number = "123456789018";
  const std::vector<std::string> targets = {"/v1/status/" + token + "?regime=NGMIA_ANON",
                                            "/v1/status/x?number=" + number, "/" + my_number};
  std::set<int> statuses;
  for (int i = 0; i < 900; ++i) statuses.insert(get(*outside, targets[static_cast<std::size_t>(i) % 3]).status);
  EXPECT_TRUE(statuses.contains(429)) << "nothing was limited";
  ASSERT_EQ(server->stop(), 0);
  wait_for("a gateway error", [&] { return get(*outside, targets[0]).status == 502; });
  for (const std::string& target : targets) (void)outside->send({.method = "GET", .target = target});

  int logs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(stack.folder())) {
    if (!entry.is_regular_file() || entry.path().extension() != ".log") continue;
    ++logs;
    const std::string text = text_of(entry.path());
    for (const std::string& identifier : {token, number, my_number})
      EXPECT_EQ(text.find(identifier), std::string::npos) << entry.path();
    if (entry.path().filename().string().starts_with("nginx.")) {
      EXPECT_EQ(entry.status().permissions() & std::filesystem::perms(077), std::filesystem::perms::none)
          << entry.path();
    }
  }
  EXPECT_GE(logs, 3);
  const std::string failures = text_of(stack.folder() + "/nginx.failures.log");
  for (const char* status : {"status=429", "status=502"})
    EXPECT_NE(failures.find(status), std::string::npos) << failures;
}

TEST(Edge, KeepsTilesAndServesThemWithoutAskingAgain) {
  Stack stack(0.01);
  ASSERT_EQ(std::system((ishi::testing::binary_folder() + "/bin/ishi key generate --name edge.example/log --out " +
                         stack.folder() + "/log.key >/dev/null")
                            .c_str()),
            0);
  const auto server = stack.new_server("[evidence]\nkey_file = \"log.key\"\n");
  server->start();
  ASSERT_GT(stack.load(*server, "notices", "notices.csv"), 600U);
  const auto direct = stack.client(*server, "");
  wait_for("a checkpoint of 512 events", [&] {
    const auto reply = get(*direct, "/log/checkpoint");
    return reply.status == 200 && std::stoull(reply.body.substr(reply.body.find('\n') + 1)) >= 512;
  });

  const Edge edge(stack.folder(), server->url());
  const auto outside = edge.client();
  wait_for("nginx", [&] {
    client::HttpRequest request;
    request.method = "GET";
    request.target = "/healthz";
    const auto reply = outside->send(request);
    return reply && reply->status == 200;
  });
  for (const char* tile : {"/log/tile/0/000", "/log/tile/0/001", "/log/tile/entries/000", "/log/tile/1/000.p/2"}) {
    const auto first = get(*outside, tile), second = get(*outside, tile);
    ASSERT_EQ(first.status, 200) << tile;
    EXPECT_EQ(first.header("Ishi-Edge-Cache"), "MISS") << tile;
    EXPECT_EQ(second.header("Ishi-Edge-Cache"), "HIT") << tile;
    EXPECT_NE(second.header("Cache-Control").find("immutable"), std::string::npos);
    EXPECT_FALSE(second.header("Strict-Transport-Security").empty());
    EXPECT_EQ(second.body, first.body);
    EXPECT_EQ(get(*direct, tile).body, first.body);
  }
  for (int i = 0; i < 2; ++i) {
    const auto missing = get(*outside, "/log/tile/0/999");
    EXPECT_EQ(missing.status, 404);
    EXPECT_NE(missing.header("Ishi-Edge-Cache"), "HIT") << "what is not there today may be there tomorrow";
  }
  EXPECT_TRUE(get(*outside, "/log/checkpoint").header("Ishi-Edge-Cache").empty()) << "a checkpoint is never kept";

  ASSERT_EQ(server->stop(), 0);
  EXPECT_EQ(get(*outside, "/log/tile/0/001").status, 200) << "the edge has it";
  EXPECT_EQ(get(*outside, "/log/checkpoint").status, 502);
}

}  // namespace
}  // namespace ishi::testing
