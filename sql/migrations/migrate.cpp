#include "sql/migrations/migrate.h"

#include "registry/assert.h"
#include "registry/merkle/sha256.h"
#include "sql/session/session.h"

namespace ishi::sql {
namespace {

Result<std::size_t> count_applied(Session& session, std::span<const Migration> wanted) {
  auto applied = session.run(kAppliedMigrations);
  if (!applied) return fail(applied.error());
  if (applied->size() > wanted.size()) {
    return fail(ErrorKind::kConflict, "database_newer",
                "a newer version of Ishi has migrated this database; use that one");
  }
  for (std::size_t i = 0; i < applied->size(); ++i) {
    Digest checksum{};
    const bool whole = applied->bytes_exactly(i, 2, checksum);
    if (applied->number(i, 0) == wanted[i].number && whole && checksum == sha256(as_bytes(wanted[i].text))) continue;
    return fail(ErrorKind::kConflict, "migration_edited",
                std::string(wanted[i].name) + " was edited after it was applied; restore it and add a new migration");
  }
  return applied->size();
}

Result<void> apply(Session& session, const Migration& migration) {
  const std::string name(migration.name);
  if (auto done = session.run_script(name.c_str(), migration.text); !done) return done;
  if (auto done = session.run_script("reset role", "reset role"); !done) return done;
  const Digest checksum = sha256(as_bytes(migration.text));
  auto recorded =
      session.run(kRecordMigration, Parameters().number(std::int64_t{migration.number}).text(name).bytes(checksum));
  if (!recorded) return fail(recorded.error());
  return {};
}

}  // namespace

Result<std::vector<std::string>> migrate(const std::string& connection_string, std::span<const Migration> wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) ISHI_ASSERT(wanted[i].number == static_cast<int>(i) + 1);
  auto opened =
      Session::open({.connection_string = connection_string, .role = "", .lock_wait_ms_max = 0, .statement_ms_max = 0});
  if (!opened) return fail(opened.error());
  Session& session = **opened;
  if (auto begun = session.begin(); !begun) return fail(begun.error());
  if (auto locked = session.run(kMigrationLock); !locked) return fail(locked.error());
  auto has_schema = session.run(kHasSchema);
  if (!has_schema) return fail(has_schema.error());
  if (!has_schema->boolean(0, 0)) {
    if (auto made = session.run_script(kMakeSchema.name, kMakeSchema.text); !made) return fail(made.error());
  }
  auto applied = count_applied(session, wanted);
  if (!applied) return fail(applied.error());
  std::vector<std::string> names;
  for (const Migration& migration : wanted.subspan(*applied)) {
    if (auto done = apply(session, migration); !done) return fail(done.error());
    names.emplace_back(migration.name);
  }
  if (auto committed = session.commit(); !committed) return fail(committed.error());
  return names;
}

}  // namespace ishi::sql
