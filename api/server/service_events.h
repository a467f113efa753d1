// ServiceEvents: what a running server writes to its log, one method an event. Names and fields stand here and nowhere
// else; ops/alerts reads them. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "api/http/server_options.h"
#include "api/operations/eraser.h"
#include "api/operations/fsck_watch.h"
#include "api/server/log.h"
#include "registry/position.h"
#include "registry/result.h"

namespace ishi::api {

class ServiceEvents {
 public:
  explicit ServiceEvents(const Log& log) : log_(log) {}  // `log` outlives this object

  void migrated(const std::string& name) const;
  void waiting_for_database(const Error& error) const;
  void first_policy_published() const;
  void listening(const std::string& address, std::uint16_t port) const;
  void served(const Served& served) const;

  void follower_failed(const Error& error) const;
  void lease_judged(const Error& error) const;    // an empty code: the primary confirms its heads
  void standby_judged(const Error& error) const;  // an empty code: its heads are trusted
  void redis_step(bool in_step, std::size_t shards_in_step) const;
  void evidence_failed(const Error& error) const;

  void snapshot_restored(Position position, std::chrono::milliseconds took) const;
  void snapshot_refused(const Error& error) const;
  void snapshot_written(Position position, std::chrono::milliseconds took) const;
  void snapshot_not_written(const Error& error) const;

  void fsck_ended(const Result<FsckWatch::Outcome>& outcome) const;
  void erasure_ended(const Result<Eraser::Done>& done) const;
  void answers_pruned(const Result<std::uint64_t>& rows) const;  // silent when there were none

 private:
  const Log& log_;
};

}  // namespace ishi::api
