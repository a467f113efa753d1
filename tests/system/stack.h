// Stack: the real thing for system tests. A private PostgreSQL, a synthetic world, and as many ishid processes as a
// test wants, each a real process on a port of its own, started from a configuration file and killed by its pid.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/http_client/http_client.h"
#include "registry/policy/policy_book.h"
#include "tests/support/postgres_instance.h"

namespace ishi::testing {

class Stack {
 public:
  // Makes a world of `scale` of S-CITY (0.02 = 6,000 people) and an empty database.
  explicit Stack(double scale, std::uint64_t seed = 1, std::string option = "option_2_2");
  ~Stack();  // ends every server
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  class Server {
   public:
    Server(Stack& stack, int number, const std::string& sections, const std::string& database);
    ~Server();
    // From the next start on its clock goes wrong by what the file holds (stepped_clock.cpp).
    void take_time_from(const std::string& file) { clock_file_ = file; }
    void configure(const std::string& toml);                // more of its configuration file; before start
    void distrust_database() { trusts_database_ = false; }  // ishid without --trust-database; before start
    void start();                                           // waits until it is ready; throws with its log's tail
    void launch();     // waits until it listens, ready or not; throws as start() does
    void kill_hard();  // SIGKILL
    void freeze();     // SIGSTOP
    void thaw();
    int stop();  // SIGTERM; returns the exit status
    pid_t pid() const { return pid_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::string log_text() const;

   private:
    void start(bool until_ready);
    Stack& stack_;
    std::string name_, log_path_, clock_file_;
    int port_ = 0;
    pid_t pid_ = -1;
    bool trusts_database_ = true;
  };

  // From the next server on, checkpoints are signed and shown to these witnesses ("<key> <address>"). Needs the program
  // `ishi`, as run() does. The log's public key: log_key_file() once a server is up.
  void sign_checkpoints(std::vector<std::string> witnesses = {});
  std::string log_key_file(const Server& server) const;
  // The program `ishi` with these arguments, as a shell reads them; ISHI_SERVER and ISHI_KEY are set if named.
  struct Ran {
    int status = -1;
    std::string text;  // stdout and stderr
  };
  Ran run(const std::string& arguments, const Server* server = nullptr, const std::string& caller = "") const;

  // `sections`: more of its configuration, as TOML: redis_section(…) + "[near]\nkeep = \"recent\"\n". `database`: lines
  // of the [database] section in place of the usual connection.
  std::unique_ptr<Server> new_server(const std::string& sections = "", const std::string& database = "") {
    return std::make_unique<Server>(*this, ++servers_made_, sections, database);
  }
  // `addresses` as in ops/etc/ishi.toml: RedisInstance::address(), or several of one cluster.
  static std::string redis_section(const std::string& addresses, bool cluster = false) {
    return "[redis]\naddress = \"" + addresses + "\"\nmode = \"" + (cluster ? "cluster" : "standalone") + "\"\n";
  }
  PostgresInstance& postgres() { return *postgres_; }
  const std::string& folder() const { return folder_; }
  std::string world() const { return folder_ + "/world"; }
  const std::string& database() const { return database_; }
  // The next servers reach the database so.
  void reach_database_by(std::string connection_string) { database_ = std::move(connection_string); }
  std::string key_of(const std::string& caller) const;
  std::unique_ptr<client::HttpClient> client(const Server& server, const std::string& caller) const;
  std::vector<std::string> policy_files() const;
  void add_policy_file(std::string path) { more_policy_.push_back(std::move(path)); }  // before the first server
  std::shared_ptr<const PolicyBook> book() const;
  // A CSV file of the world, loaded through the server as registry-ops. Returns accepted lines; throws if refused.
  std::uint64_t load(const Server& server, const std::string& kind, const std::string& file);
  void load_everything(const Server& server);

 private:
  std::unique_ptr<PostgresInstance> postgres_;
  std::string folder_, database_;
  std::map<std::string, std::string> keys_;
  std::string evidence_;  // that section of the configuration
  std::string option_;    // of ops/policy
  std::vector<std::string> more_policy_;
  int servers_made_ = 0;
};

}  // namespace ishi::testing
