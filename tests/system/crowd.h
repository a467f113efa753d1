// Crowd: writers who object and withdraw at random, and askers, singly and in batches, all at once through several
// servers. An asker stays with its server; a writer goes to another when one fails it. Everything they were told is
// kept for the judge (tests/support/wish_history.h). Each person has one writer, who goes on with the same key until it
// is told what became of its last write: nothing stays in doubt.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/wish_history.h"
#include "tests/system/stack.h"

namespace ishi::testing {

Nanoseconds steady_now();

struct CrowdOptions {
  std::uint32_t people = 500;
  std::size_t writers = 3, batch_askers = 3, single_askers = 3;
  std::uint64_t seed = 0;
  std::string staleness_max;  // Ishi-Max-Staleness of every question; empty: strict
};

class Crowd {
 public:
  // `servers` run and outlive this. Tells everybody of the crowd first, so that without an objection they are ALLOW.
  Crowd(const Stack& stack, const std::vector<const Stack::Server*>& servers, CrowdOptions options);
  ~Crowd() { stop(); }
  void server_is_at(std::size_t server, std::string url);  // after a restart; any thread
  void start();
  void stop();  // returns when every write under way is known to have happened

  std::uint64_t checks() const { return checks_.load(); }
  // After stop():
  WishHistory history() const;
  const std::vector<WishWrite>& written() const { return written_; }
  const std::vector<Attempt>& reads() const { return read_attempts_; }
  const std::vector<Attempt>& writes() const { return write_attempts_; }
  const std::vector<std::string>& surprises() const {
    return surprises_;
  }  // answers that are neither yes, no nor "later"

 private:
  class Caller;
  void write(std::size_t writer);
  void ask_in_batches(std::size_t asker);
  void ask_singly(std::size_t asker);
  std::string url_of(std::size_t server) const;
  void tell_everybody(const Stack& stack);
  std::vector<std::pair<std::string, std::string>> asking_headers() const;
  void surprise(const std::string& what);

  const CrowdOptions options_;
  std::string writer_key_, asker_key_, holder_, letter_;
  std::vector<std::string> tokens_;  // hex
  std::string batch_body_;
  mutable std::mutex mutex_;
  std::vector<std::string> urls_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> checks_{0};
  std::vector<std::thread> threads_;
  // Under mutex_:
  std::vector<WishWrite> written_;
  std::vector<WishRead> told_;
  std::vector<Attempt> read_attempts_, write_attempts_;
  std::vector<std::string> surprises_;
};

}  // namespace ishi::testing
