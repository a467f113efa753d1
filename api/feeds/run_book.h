// RunBook: the filter runs of a stretch of the log, kept in memory, because recalls ask for them again and again and
// they are few among many events. Grows on demand, in bounded steps; more than `runs_max` are kept no longer than the
// call that needs them: the oldest go first, and are read again when they are asked for. Any thread.
#pragma once

#include <map>
#include <vector>

#include "registry/ports/event_log.h"
#include "registry/rules/question.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

struct RunNote {
  EventIndex index;  // of the FilterRun event
  std::string caller, batch_id;
  Question question;
  Position position;  // what the run had seen
  Timestamp evaluated_at;
};

class RunBook {
 public:
  static constexpr std::size_t kRunsMax = 100'000;  // some 40 MB
  explicit RunBook(const EventLog& log, std::size_t runs_max = kRunsMax) : log_(log), runs_max_(runs_max) {}
  // Runs registered in [from, upto). Errors: of the log; kNotFreshYet recalls_catching_up when more had to be read than
  // one call may: ask again, it goes on where it stopped.
  Result<std::vector<RunNote>> between(Position from, Position upto);
  std::size_t runs_kept() const;  // for tests

 private:
  Result<void> extend(Position from, Position upto) ISHI_REQUIRES(mutex_);

  static constexpr std::size_t kEventsPerCallMax = 300'000;
  void forget_oldest() ISHI_REQUIRES(mutex_);

  const EventLog& log_;
  const std::size_t runs_max_;
  mutable Mutex mutex_;
  Position from_ ISHI_GUARDED_BY(mutex_), upto_
      ISHI_GUARDED_BY(mutex_);  // the stretch that has been read; empty at first
  std::map<EventIndex, RunNote> runs_ ISHI_GUARDED_BY(mutex_);
};

}  // namespace ishi::api
