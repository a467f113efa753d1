#include "api/evidence/checkpoint_signer.h"

#include <algorithm>

#include "registry/assert.h"

namespace ishi::api {
namespace {

constexpr std::chrono::milliseconds kWitnessWaitMin{500};
constexpr char kUnchecked[] = "log_unchecked";

}  // namespace

CheckpointSigner::CheckpointSigner(SignerOptions options, std::vector<std::unique_ptr<WitnessClient>> witnesses,
                                   const Evidence& evidence, CheckpointStore& store, Report report)
    : options_(std::move(options)),
      publisher_(options_.keys, options_.memory_file, evidence, store, options_.confirmer, options_.extensions),
      witnesses_(std::move(witnesses)),
      report_(std::move(report)),
      codes_{kUnchecked},
      signing_(
          std::chrono::milliseconds(0), options_.stand_by, [this](const std::stop_token&) { return sign(); },
          [this](const std::exception_ptr&) {
            report_if_new({ErrorKind::kUnavailable, "task_threw", ""}, last_failure_);
          }) {
  refusal_reason_ = &*codes_.begin();
}

CheckpointSigner::~CheckpointSigner() {
  stop();
}

void CheckpointSigner::start() {
  ISHI_ASSERT(carrying_.empty());
  signing_.start();
  for (const auto& witness : witnesses_)
    carrying_.emplace_back([this, &witness](const std::stop_token& stop) { carry_until_stopped(*witness, stop); });
}

void CheckpointSigner::stop() {
  for (std::jthread& thread : carrying_) thread.request_stop();
  signing_.stop();
  carrying_.clear();  // joins
}

CheckpointSigner::Stats CheckpointSigner::stats() const {
  Stats stats;
  if (const auto last = publisher_.last()) stats.signed_size = last->checkpoint.size;
  stats.signed_count = signed_count_;
  stats.cosigned_count = cosigned_count_;
  const std::string_view refused = refusal_reason();
  stats.refusing = !refused.empty() && refused != kUnchecked;
  stats.standing_by = standing_by_;
  return stats;
}

std::optional<std::string> CheckpointSigner::last_signed() const {
  const auto last = publisher_.last();
  return last ? std::optional(format_note(last->note)) : std::nullopt;
}

std::string_view CheckpointSigner::refusal_reason() const {
  const std::string* code = refusal_reason_;
  return code == nullptr ? std::string_view() : std::string_view(*code);
}

void CheckpointSigner::report_if_new(const Error& error, std::string& last_code) const {
  if (last_code != error.code && report_) report_(error);
  last_code = error.code;
}

bool CheckpointSigner::rest(std::chrono::milliseconds time, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  changed_.wait_for(lock.native(), stop, time, [] { return false; });
  return !stop.stop_requested();
}

std::chrono::milliseconds CheckpointSigner::sign() {
  const auto done = publisher_.run();
  standing_by_ = !done && done.error().code == "signer_elsewhere";
  if (done || standing_by_) refusal_reason_ = nullptr;
  if (standing_by_) return options_.stand_by;
  if (!done) {
    const bool corrupt = done.error().kind == ErrorKind::kCorrupt;
    if (corrupt) refusal_reason_ = &*codes_.insert(done.error().code).first;
    report_if_new(done.error(), last_failure_);
    return corrupt ? options_.stand_by : options_.look_every;
  }
  last_failure_.clear();
  if (*done) {
    ++signed_count_;
    { const MutexLock lock(mutex_); }  // nobody is between looking and waiting
    changed_.notify_all();
  }
  return options_.look_every;
}

bool CheckpointSigner::wait_for_news(const std::optional<Signed>& offered, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  changed_.wait(lock.native(), stop, [&] {
    const auto last = publisher_.last();
    return last && (!offered || last->checkpoint != offered->checkpoint) && !standing_by_;
  });
  return !stop.stop_requested();
}

void CheckpointSigner::carry_until_stopped(WitnessClient& witness, const std::stop_token& stop) {
  std::string last_code;
  std::optional<Signed> offered;
  auto wait = kWitnessWaitMin;
  while (wait_for_news(offered, stop)) {
    const auto head = publisher_.last();
    const auto cosignature = witness.offer(*head);
    if (cosignature) {
      last_code.clear();
      wait = kWitnessWaitMin;
      offered = head;
      const auto kept = publisher_.add_cosignature(head->checkpoint, *cosignature);
      if (kept && *kept) ++cosigned_count_;
      if (!kept) report_if_new(kept.error(), last_code);
      continue;
    }
    report_if_new(cosignature.error(), last_code);
    if (!rest(wait, stop)) return;
    wait = std::min(2 * wait, std::max(options_.witness_wait_max, kWitnessWaitMin));
  }
}

}  // namespace ishi::api
