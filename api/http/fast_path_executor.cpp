#include "api/http/fast_path_executor.h"

#include <utility>

#include "registry/assert.h"

namespace ishi::api {
namespace {

constexpr auto kRoundPatience = std::chrono::milliseconds(10);  // a round that lasts longer is held up
constexpr auto kWatchEvery = std::chrono::milliseconds(20);

}  // namespace

FastPathExecutor::FastPathExecutor(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
  ISHI_ASSERT(threads >= 1 && queue_max >= 1);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  threads_.emplace_back([this] { watch(); });
}

FastPathExecutor::~FastPathExecutor() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  wake_watch_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool FastPathExecutor::held_up() const {
  return leading_ && Clock::now() - taken_at_ > kRoundPatience;
}

bool FastPathExecutor::try_submit(std::function<void()> job) {
  {
    const MutexLock lock(mutex_);
    if (ending_ || waiting_.size() >= queue_max_) return false;
    waiting_.push_back(std::move(job));
    if (leading_ || woken_) return true;  // the thread at work takes it next
    woken_ = true;
  }
  wake_.notify_one();
  return true;
}

std::size_t FastPathExecutor::waiting() const {
  const MutexLock lock(mutex_);
  return waiting_.size();
}

void FastPathExecutor::run() {
  Round round;
  MutexLock lock(mutex_);
  for (;;) {
    wake_.wait(lock.native(),
               [this]() ISHI_REQUIRES(mutex_) { return ending_ || (!waiting_.empty() && (!leading_ || held_up())); });
    woken_ = false;
    if (waiting_.empty()) return;
    round.swap(waiting_);
    leading_ = true;
    const std::uint64_t mine = ++rounds_;
    taken_at_ = Clock::now();
    lock.unlock();
    for (std::function<void()>& job : round) {
      job();
      job = nullptr;  // frees what it held at once
    }
    round.clear();
    lock.lock();
    if (mine == rounds_) leading_ = false;
  }
}

void FastPathExecutor::watch() {
  MutexLock lock(mutex_);
  while (!wake_watch_.wait_for(lock.native(), kWatchEvery, [this]() ISHI_REQUIRES(mutex_) { return ending_; }))
    if (!waiting_.empty() && (!leading_ || held_up())) wake_.notify_one();
}

}  // namespace ishi::api
