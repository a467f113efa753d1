// CheckpointSigner: the threads around CheckpointPublisher. One looks at the log every look_every and signs what is
// new. One per witness carries what was signed, so that a witness that hangs does not delay the others. While another
// server signs, this one stands by and asks for the lease now and then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/evidence/checkpoint_publisher.h"
#include "api/evidence/witness_client.h"
#include "api/host/periodic_task.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

struct SignerOptions {
  KeyRing keys;
  std::string memory_file;                             // beside the key file, on a disk of its own fate
  std::chrono::milliseconds look_every{250};           // an append is signed within a second
  std::chrono::milliseconds stand_by{2'000};           // between two tries for the lease
  std::chrono::milliseconds witness_wait_max{60'000};  // between two tries of a witness that fails; grows up to this
  const ReadConfirmer* confirmer = nullptr;            // outlives the signer; null: nothing to fail over to
  ExtensionLines extensions = {};                      // of each checkpoint
};

class CheckpointSigner {
 public:
  // Called with every failure that is new, by any of the threads. kCorrupt: nothing is signed any more.
  using Report = std::function<void(const Error&)>;

  // `evidence` and `store` outlive the signer.
  CheckpointSigner(SignerOptions options, std::vector<std::unique_ptr<WitnessClient>> witnesses,
                   const Evidence& evidence, CheckpointStore& store, Report report);
  ~CheckpointSigner();  // stop()
  void start();
  void stop();

  struct Stats {
    std::uint64_t signed_size = 0, signed_count = 0, cosigned_count = 0;
    bool refusing = false, standing_by = false;
  };
  Stats stats() const;
  std::optional<std::string> last_signed() const;  // the last checkpoint known here, as a note
  // Why this node must not answer for the log: "log_shorter", … (the log is not the one that was signed), or
  // "log_unchecked" until the first look. Empty: it may. Reads one atomic; any thread.
  std::string_view refusal_reason() const;

 private:
  std::chrono::milliseconds sign();  // returns when to look again
  void carry_until_stopped(WitnessClient& witness, const std::stop_token& stop);
  bool rest(std::chrono::milliseconds time, const std::stop_token& stop);                 // false: stop
  bool wait_for_news(const std::optional<Signed>& offered, const std::stop_token& stop);  // false: stop
  void report_if_new(const Error& error, std::string& last_code) const;

  const SignerOptions options_;
  CheckpointPublisher publisher_;
  const std::vector<std::unique_ptr<WitnessClient>> witnesses_;
  const Report report_;
  std::atomic<std::uint64_t> signed_count_{0}, cosigned_count_{0};
  std::atomic<bool> standing_by_{false};
  std::atomic<const std::string*> refusal_reason_;  // one of codes_, or null
  std::set<std::string> codes_;                     // of the signing thread; only grows
  std::string last_failure_;                        // its code; of the signing thread
  Mutex mutex_;                                     // of changed_ alone
  std::condition_variable_any changed_;             // something was signed
  PeriodicTask signing_;
  std::vector<std::jthread> carrying_;
};

}  // namespace ishi::api
