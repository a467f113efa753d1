// A migrated database of its own and what speaks to it, for the tests of sql/.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "sql/log/pg_change_feed.h"
#include "sql/log/pg_event_log.h"
#include "sql/migrations/migrate.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgres_instance.h"

namespace ishi::testing {

struct Store {
  Store() : Store(PostgresInstance::shared()) {}
  explicit Store(PostgresInstance& instance) : postgres(instance), where(postgres.create_database()) {
    auto migrated = sql::migrate(where);
    if (!migrated) throw std::runtime_error(migrated.error().code + ": " + migrated.error().detail);
    log = sql::make_pg_log({.connection_string = where}, clock);
    feed = sql::make_pg_change_feed({.connection_string = where});
  }
  // As superuser.
  std::string run(const std::string& text) const { return postgres.sql(where, text); }
  // As superuser, with all triggers off: what only a thief or a broken disk could do.
  std::string corrupt(const std::string& text) const { return run("set session_replication_role = replica; " + text); }

  PostgresInstance& postgres;
  std::string where;
  FakeClock clock;
  std::unique_ptr<sql::PgLog> log;
  std::unique_ptr<ChangeFeed> feed;
};

}  // namespace ishi::testing
