#include "api/operations/eraser.h"

namespace ishi::api {

void Eraser::start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Eraser::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  woken_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Eraser::run() {
  std::string told;
  MutexLock lock(mutex_);
  while (!woken_.wait_for(lock.native(), look_every_, [this]() ISHI_REQUIRES(mutex_) { return stopping_; })) {
    lock.unlock();
    const auto done = pass_();
    if (done) pending_ = done->pending;
    const bool worth_telling = done ? done->erased > 0 : done.error().code != told;
    if (worth_telling) report_(done);
    told = done ? std::string() : done.error().code;
    lock.lock();
  }
}

}  // namespace ishi::api
