#include "api/server/service_events.h"

#include <string_view>

namespace ishi::api {
namespace {

std::string_view code_of(const Error& error) {
  return error.code;
}

}  // namespace

void ServiceEvents::migrated(const std::string& name) const {
  log_.info("migrated", {{"name", std::string_view(name)}});
}
void ServiceEvents::waiting_for_database(const Error& error) const {
  log_.warn("waiting_for_database", {{"code", code_of(error)}});
}
void ServiceEvents::first_policy_published() const {
  log_.info("first_policy_published");
}
void ServiceEvents::listening(const std::string& address, std::uint16_t port) const {
  log_.info("listening", {{"address", std::string_view(address)}, {"port", std::uint64_t{port}}});
}

void ServiceEvents::served(const Served& served) const {
  if (!served.failure.empty())
    log_.error("handler_threw", {{"route", served.route}, {"type", std::string_view(served.failure)}});
  log_.debug("served", {{"route", served.route},
                        {"status", std::int64_t{served.status}},
                        {"microseconds", std::int64_t{served.duration.count()}}});
}

void ServiceEvents::follower_failed(const Error& error) const {
  log_.error("follower", {{"code", code_of(error)}});
}
void ServiceEvents::lease_judged(const Error& error) const {
  if (error.code.empty()) return log_.info("heads_confirmed");
  log_.warn("heads_not_confirmed", {{"code", code_of(error)}});
}
void ServiceEvents::standby_judged(const Error& error) const {
  if (error.code.empty()) return log_.info("standby_heads_trusted");
  log_.warn("standby_heads_not_trusted", {{"code", code_of(error)}});
}
void ServiceEvents::redis_step(bool in_step, std::size_t shards_in_step) const {
  if (in_step) return log_.info("redis_in_step");
  log_.warn("redis_out_of_step", {{"shards_in_step", std::uint64_t{shards_in_step}}});
}
void ServiceEvents::evidence_failed(const Error& error) const {
  log_.error("evidence", {{"code", code_of(error)}});
}

void ServiceEvents::snapshot_restored(Position position, std::chrono::milliseconds took) const {
  log_.info("snapshot_restored", {{"position", position.events()}, {"milliseconds", std::int64_t{took.count()}}});
}
void ServiceEvents::snapshot_refused(const Error& error) const {
  log_.warn("snapshot_refused", {{"code", code_of(error)}, {"detail", std::string_view(error.detail)}});
}
void ServiceEvents::snapshot_written(Position position, std::chrono::milliseconds took) const {
  log_.info("snapshot_written", {{"position", position.events()}, {"milliseconds", std::int64_t{took.count()}}});
}
void ServiceEvents::snapshot_not_written(const Error& error) const {
  log_.error("snapshot_not_written", {{"code", code_of(error)}, {"detail", std::string_view(error.detail)}});
}

void ServiceEvents::fsck_ended(const Result<FsckWatch::Outcome>& outcome) const {
  if (!outcome) return log_.warn("fsck_not_done", {{"code", code_of(outcome.error())}});
  for (const auto& [code, place] : outcome->first)
    log_.error("fsck_difference", {{"code", std::string_view(code)}, {"place", std::string_view(place)}});
  log_.info("fsck", {{"events", outcome->events}, {"differences", outcome->differences}});
}
void ServiceEvents::erasure_ended(const Result<Eraser::Done>& done) const {
  if (!done) return log_.error("erasure_not_done", {{"code", code_of(done.error())}});
  log_.info("erased", {{"events", done->erased}, {"pending", done->pending}});
}
void ServiceEvents::answers_pruned(const Result<std::uint64_t>& rows) const {
  if (!rows) return log_.error("prune_answers", {{"code", code_of(rows.error())}});
  if (*rows > 0) log_.info("answers_pruned", {{"rows", *rows}});
}

}  // namespace ishi::api
