#include "sql/migrations/migrate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/postgres_instance.h"

namespace ishi::sql {
namespace {

using testing::PostgresInstance;

TEST(Migrations, AreAppliedOnceAndInOrder) {
  const std::string where = PostgresInstance::shared().create_database();
  auto first = migrate(where);
  ASSERT_TRUE(first.has_value()) << first.error().detail;
  ASSERT_EQ(first->size(), migrations().size());
  EXPECT_EQ(first->front(), "0001_roles.sql");
  auto second = migrate(where);
  ASSERT_TRUE(second.has_value()) << second.error().detail;
  EXPECT_TRUE(second->empty());
}

TEST(Migrations, SeveralServersMayStartAtOnce) {
  const std::string where = PostgresInstance::shared().create_database();
  std::vector<Result<std::vector<std::string>>> results(4);
  {
    std::vector<std::jthread> servers;
    for (auto& result : results) servers.emplace_back([&result, &where] { result = migrate(where); });
  }
  std::size_t applied = 0;
  for (const auto& result : results) {
    ASSERT_TRUE(result.has_value()) << result.error().detail;
    applied += result->size();
  }
  EXPECT_EQ(applied, migrations().size());
}

TEST(Migrations, AnEditedOneIsRefusedAndNothingIsChanged) {
  const std::string where = PostgresInstance::shared().create_database();
  ASSERT_TRUE(migrate(where).has_value());
  std::vector<Migration> edited(migrations().begin(), migrations().end());
  const std::string text = std::string(edited[1].text) + "\n-- harmless?";
  edited[1].text = text;
  edited.push_back({static_cast<int>(edited.size()) + 1, "9999_more.sql", "create table ishi.more (x int)"});
  auto refused = migrate(where, edited);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "migration_edited");
  EXPECT_NE(refused.error().detail.find("0002_log.sql"), std::string::npos);
  EXPECT_EQ(PostgresInstance::shared().sql(where, "select to_regclass('ishi.more') is null"), "t\n");
}

TEST(Migrations, ADatabaseOfANewerVersionIsLeftAlone) {
  const std::string where = PostgresInstance::shared().create_database();
  ASSERT_TRUE(migrate(where).has_value());
  auto refused = migrate(where, migrations().first(2));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "database_newer");
}

TEST(Migrations, OneThatFailsLeavesNothingBehind) {
  const std::string where = PostgresInstance::shared().create_database();
  std::vector<Migration> wanted(migrations().begin(), migrations().end());
  wanted.push_back(
      {static_cast<int>(wanted.size()) + 1, "0099_wrong.sql", "create table ishi.half (x int); select nonsense"});
  EXPECT_FALSE(migrate(where, wanted).has_value());
  EXPECT_EQ(PostgresInstance::shared().sql(where, "select to_regclass('ishi.event') is null"), "t\n");
  EXPECT_TRUE(migrate(where).has_value());
}

TEST(Migrations, AnOrdinaryUserWhoMayMakeRolesCanMigrateAndServe) {
  PostgresInstance& postgres = PostgresInstance::shared();
  const std::string where = postgres.create_database();
  postgres.sql(where, "create role installer login createrole");
  const std::string name = where.substr(where.rfind('=') + 1);
  postgres.sql(where, "alter database " + name +
                          " owner to installer; grant ishi_owner, ishi_service, ishi_eraser to installer");
  std::string as_installer = where;
  as_installer.replace(as_installer.find("user=postgres"), 13, "user=installer");
  auto migrated = migrate(as_installer);
  EXPECT_TRUE(migrated.has_value()) << migrated.error().detail;
  EXPECT_EQ(postgres.sql(where, "select tableowner from pg_tables where schemaname = 'ishi' and tablename = 'event'"),
            "ishi_owner\n");
}

}  // namespace
}  // namespace ishi::sql
