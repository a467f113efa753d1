#include "api/operations/eraser.h"

#include <utility>

namespace ishi::api {

Eraser::Eraser(std::chrono::milliseconds look_every, Pass pass, Report report)
    : pass_(std::move(pass)),
      report_(std::move(report)),
      task_(
          look_every, look_every,
          [this, look_every](const std::stop_token&) {
            look();
            return look_every;
          },
          [this](const std::exception_ptr&) { report_if_new(fail(ErrorKind::kUnavailable, "task_threw", "")); }) {}

void Eraser::look() {
  const Result<Done> done = pass_();
  if (done) pending_ = done->pending;
  report_if_new(done);
}

void Eraser::report_if_new(const Result<Done>& done) {
  const bool worth_reporting = done ? done->erased > 0 : done.error().code != last_failure_;
  if (worth_reporting) report_(done);
  last_failure_ = done ? std::string() : done.error().code;
}

}  // namespace ishi::api
