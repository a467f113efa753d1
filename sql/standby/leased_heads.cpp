#include "sql/standby/leased_heads.h"

namespace ishi::sql {
namespace {

constexpr std::chrono::milliseconds kNextConfirmationMax{1'000};

class LeasedHeads final : public HeadSource {
 public:
  LeasedHeads(const PgLog& primary, const HeadLease& lease) : primary_(primary), lease_(lease) {}

  Result<Head> newest(Position) const override {
    const HeadLease::Instant began = HeadLease::now();
    auto read = primary_.primary_head();
    if (!read) return fail(read.error());
    if (auto covered = lease_.check(read->server, began, kNextConfirmationMax); !covered) return fail(covered.error());
    return read->head;
  }

  Result<Head> newest_at_once(Position) const override {
    const HeadLease::Instant began = HeadLease::now();
    auto read = primary_.primary_head_at_once();
    if (!read) return fail(read.error());
    if (!lease_.check(read->server, began)) return fail(would_wait());
    return read->head;
  }

 private:
  const PgLog& primary_;
  const HeadLease& lease_;
};

}  // namespace

std::unique_ptr<HeadSource> make_leased_heads(const PgLog& primary, const HeadLease& lease) {
  return std::make_unique<LeasedHeads>(primary, lease);
}

}  // namespace ishi::sql
