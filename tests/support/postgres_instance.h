// A private PostgreSQL cluster in a temporary directory, on a unix socket, for one test program. Works as root
// (through runuser) and as a plain user. It goes away with its object, and also when the program is killed.
// Failures throw std::runtime_error with the server's own words.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace ishi::testing {

class PostgresInstance {
 public:
  struct Options {
    bool fsync = false;                            // on for measurements; a killed server loses nothing either way
    std::vector<std::string> settings = {};        // "max_connections=50"
    const PostgresInstance* standby_of = nullptr;  // a copy of that one, following it
    std::string name = {};                         // a standby's cluster_name, by which the primary knows it
  };
  // The one of this program, made at first use.
  static PostgresInstance& shared();

  PostgresInstance();
  explicit PostgresInstance(const Options& options);
  ~PostgresInstance();
  PostgresInstance(const PostgresInstance&) = delete;
  PostgresInstance& operator=(const PostgresInstance&) = delete;

  // libpq's connection string, as superuser.
  std::string connection_string(const std::string& database = "postgres") const;
  // A new, empty database with a name of its own; returns its connection string.
  std::string create_database();
  // Through psql, as superuser, triggers and all; returns what it prints, unaligned, without headers.
  std::string sql(const std::string& connection_string, const std::string& text) const;

  // Of a primary: whom every commit waits for; "" nobody.
  void wait_for_standbys(const std::string& synchronous_standby_names) const;
  void promote();              // a standby becomes a primary of its own
  void start();                // waits until it answers
  void stop();                 // orderly; sessions are cut
  void kill_hard();            // SIGKILL to the server and all its sessions: nothing of it runs on return
  void restart_immediately();  // as after a crash: sessions are cut in the middle, then recovery
  void freeze();               // SIGSTOP to the server and all its sessions: connections stay, nothing is said
  void thaw();
  // A whole copy by pg_basebackup, of that name; while it runs.
  void back_up(const std::string& name);
  // Everything as it was in that copy, whatever came after: stops, if it runs, and starts.
  void restore(const std::string& name);
  const std::string& folder() const { return folder_; }

 private:
  std::string run(const std::string& command) const;

  std::string folder_, programs_;
  std::vector<std::string> settings_;
  std::vector<pid_t> frozen_;
  int watchdog_pipe_ = -1;
  int databases_ = 0;
};

}  // namespace ishi::testing
