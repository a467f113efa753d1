// CheckpointSigner: the threads around CheckpointPublisher. One looks at the log every look_every and signs what is
// new; one per witness carries what was signed, so that a witness that hangs holds up nobody. While another server
// signs, it stands by and asks for the lease now and then.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

#include "api/evidence/checkpoint_publisher.h"
#include "api/evidence/witness_client.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

struct SignerOptions {
  KeyRing keys;
  std::string memory_file;                             // beside the key file, on a disk of its own fate
  std::chrono::milliseconds look_every{250};           // an append is signed within a second
  std::chrono::milliseconds stand_by{2'000};           // between two tries for the lease
  std::chrono::milliseconds witness_wait_max{60'000};  // between two tries of a witness that fails; grows up to this
};

class CheckpointSigner {
 public:
  // Told of every failure that is new, by any of the threads: kCorrupt means that nothing is signed any more.
  using Report = std::function<void(const Error&)>;

  // `evidence` and `store` outlive the signer.
  CheckpointSigner(SignerOptions options, std::vector<std::unique_ptr<WitnessClient>> couriers,
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
  // Why the registry must not speak for this log: "log_shorter", … (the log is not the one that was signed), or
  // "log_unchecked" until the first look. Empty: nothing is known against it. Costs nothing; any thread.
  std::string_view refusal_reason() const;

 private:
  void sign_until_stopped();
  void carry_until_stopped(WitnessClient& courier);
  bool rest(std::chrono::milliseconds time);                 // false: stop
  bool wait_for_news(const std::optional<Signed>& offered);  // false: stop
  void tell(const Error& error, std::string& told) const;

  const SignerOptions options_;
  CheckpointPublisher round_;
  const std::vector<std::unique_ptr<WitnessClient>> couriers_;
  const Report report_;
  std::atomic<std::uint64_t> signed_count_{0}, cosigned_count_{0};
  std::atomic<bool> standing_by_{false};
  std::atomic<const std::string*> objection_;  // one of codes_, or null
  std::set<std::string> codes_;                // of the signing thread; only grows
  mutable Mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ ISHI_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace ishi::api
