#include "api/evidence/checkpoint_signer.h"

#include <algorithm>

#include "registry/assert.h"

namespace ishi::api {
namespace {

constexpr std::chrono::milliseconds kWitnessWaitMin{500};
constexpr char kUnchecked[] = "log_unchecked";

}  // namespace

CheckpointSigner::CheckpointSigner(SignerOptions options, std::vector<std::unique_ptr<WitnessClient>> couriers,
                                   const Evidence& evidence, CheckpointStore& store, Report report)
    : options_(std::move(options)),
      round_(options_.keys, options_.memory_file, evidence, store),
      couriers_(std::move(couriers)),
      report_(std::move(report)),
      codes_{kUnchecked} {
  objection_ = &*codes_.begin();
}

CheckpointSigner::~CheckpointSigner() {
  stop();
}

void CheckpointSigner::start() {
  ISHI_ASSERT(threads_.empty());
  threads_.emplace_back([this] { sign_until_stopped(); });
  for (const auto& courier : couriers_) threads_.emplace_back([this, &courier] { carry_until_stopped(*courier); });
}

void CheckpointSigner::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

CheckpointSigner::Stats CheckpointSigner::stats() const {
  Stats stats;
  if (const auto last = round_.last()) stats.signed_size = last->checkpoint.size;
  stats.signed_count = signed_count_;
  stats.cosigned_count = cosigned_count_;
  const auto objection = this->refusal_reason();
  stats.refusing = !objection.empty() && objection != kUnchecked;
  stats.standing_by = standing_by_;
  return stats;
}

std::optional<std::string> CheckpointSigner::last_signed() const {
  const auto last = round_.last();
  return last ? std::optional(format_note(last->note)) : std::nullopt;
}

std::string_view CheckpointSigner::refusal_reason() const {
  const std::string* code = objection_;
  return code == nullptr ? std::string_view() : std::string_view(*code);
}

void CheckpointSigner::tell(const Error& error, std::string& told) const {
  if (told != error.code && report_) report_(error);
  told = error.code;
}

bool CheckpointSigner::rest(std::chrono::milliseconds time) {
  MutexLock lock(mutex_);
  return !changed_.wait_for(lock.native(), time, [this]() ISHI_REQUIRES(mutex_) { return stopping_; });
}

void CheckpointSigner::sign_until_stopped() {
  std::string told;
  auto wait = options_.look_every;
  do {
    const auto done = round_.run();
    standing_by_ = !done && done.error().code == "signer_elsewhere";
    wait = standing_by_ ? options_.stand_by : options_.look_every;
    if (done || standing_by_) {
      objection_ = nullptr;
    } else if (done.error().kind == ErrorKind::kCorrupt) {
      objection_ = &*codes_.insert(done.error().code).first;
      wait = options_.stand_by;
    }
    if (done) {
      told.clear();
      if (*done) {
        ++signed_count_;
        { const MutexLock lock(mutex_); }
        changed_.notify_all();
      }
    } else if (!standing_by_) {
      tell(done.error(), told);
    }
  } while (rest(wait));
}

bool CheckpointSigner::wait_for_news(const std::optional<Signed>& offered) {
  MutexLock lock(mutex_);
  changed_.wait(lock.native(), [&]() ISHI_REQUIRES(mutex_) {
    if (stopping_) return true;
    const auto last = round_.last();
    return last && (!offered || last->checkpoint != offered->checkpoint) && !standing_by_;
  });
  return !stopping_;
}

void CheckpointSigner::carry_until_stopped(WitnessClient& courier) {
  std::string told;
  std::optional<Signed> offered;
  auto wait = kWitnessWaitMin;
  while (wait_for_news(offered)) {
    const auto head = round_.last();
    const auto cosignature = courier.offer(*head);
    if (cosignature) {
      told.clear();
      wait = kWitnessWaitMin;
      offered = head;
      const auto kept = round_.add_cosignature(head->checkpoint, *cosignature);
      if (kept && *kept) ++cosigned_count_;
      if (!kept) tell(kept.error(), told);
      continue;
    }
    tell(cosignature.error(), told);
    if (!rest(wait)) return;
    wait = std::min(2 * wait, std::max(options_.witness_wait_max, kWitnessWaitMin));
  }
}

}  // namespace ishi::api
