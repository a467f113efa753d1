#include "sql/log/pg_checkpoint_store.h"

#include "sql/session/connection_pool.h"
#include "sql/session/session.h"

namespace ishi::sql {
namespace {

constexpr std::size_t kReadSessionsMax = 2;
constexpr std::chrono::milliseconds kSessionWaitMax{2'000};

SessionOptions session_options(const PgCheckpointOptions& options) {
  return {.connection_string = options.connection_string,
          .role = options.role,
          .statement_ms_max = options.statement_ms_max,
          .timeline_min = options.timeline_min};
}

class PgSignerLease final : public SignerLease {
 public:
  explicit PgSignerLease(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  Result<void> save(const Checkpoint& checkpoint, const std::string& note) override {
    const auto saved = session_->run(kSaveCheckpoint,
                                     Parameters().number(checkpoint.size).bytes(checkpoint.root).bytes(as_bytes(note)));
    if (!saved) return fail(saved.error());
    if (saved->size() == 1) return {};
    const auto last = session_->run(kReadCheckpoint);
    if (!last) return fail(last.error());
    if (last->size() == 1 && last->count(0, 0) > checkpoint.size) {
      return fail(ErrorKind::kConflict, "checkpoint_smaller", "a larger checkpoint was signed");
    }
    return fail(ErrorKind::kConflict, "checkpoint_fork", "another root was signed for this size");
  }

 private:
  const std::unique_ptr<Session> session_;
};

class PgCheckpointStore final : public CheckpointStore {
 public:
  explicit PgCheckpointStore(PgCheckpointOptions options)
      : options_(std::move(options)), pool_(session_options(options_), kReadSessionsMax, kSessionWaitMax) {}

  Result<std::optional<std::string>> latest() const override {
    return pool_.reading([](Session& session) -> Result<std::optional<std::string>> {
      const auto rows = session.run(kReadCheckpoint);
      if (!rows) return fail(rows.error());
      if (rows->size() == 0) return std::nullopt;
      return std::string(as_text(rows->bytes(0, 2)));
    });
  }

  Result<std::unique_ptr<SignerLease>> acquire() override {
    auto session = Session::open(session_options(options_));
    if (!session) return fail(session.error());
    const auto taken = (*session)->run(kTakeSignerLease);
    if (!taken) return fail(taken.error());
    if (!taken->boolean(0, 0)) {
      return fail(ErrorKind::kConflict, "signer_elsewhere", "another server signs this log");
    }
    return std::make_unique<PgSignerLease>(*std::move(session));
  }

 private:
  const PgCheckpointOptions options_;
  mutable ConnectionPool pool_;
};

}  // namespace

std::unique_ptr<CheckpointStore> make_pg_checkpoint_store(PgCheckpointOptions options) {
  return std::make_unique<PgCheckpointStore>(std::move(options));
}

}  // namespace ishi::sql
