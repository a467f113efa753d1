#include "sql/log/pg_checkpoint_store.h"

#include <gtest/gtest.h>

#include "registry/merkle/merkle.h"
#include "tests/sql/store.h"

namespace ishi::testing {
namespace {

Checkpoint checkpoint_of(std::uint64_t size, std::string_view seed = "root") {
  return {"log.example", size, sha256(as_bytes(seed)), {}};
}

TEST(PgCheckpointStore, IsEmptyUntilSomethingWasSaved) {
  const Store store;
  const auto checkpoints = sql::make_pg_checkpoint_store({.connection_string = store.where});
  ASSERT_TRUE(checkpoints->latest());
  EXPECT_FALSE(checkpoints->latest()->has_value());
  const auto lease = checkpoints->acquire();
  ASSERT_TRUE(lease);
  ASSERT_TRUE((*lease)->save(checkpoint_of(5), "意思\nnote"));
  EXPECT_EQ(**checkpoints->latest(), "意思\nnote");
}

TEST(PgCheckpointStore, OnlyGrowsAndNeverForks) {
  const Store store;
  const auto checkpoints = sql::make_pg_checkpoint_store({.connection_string = store.where});
  const auto lease = checkpoints->acquire();
  ASSERT_TRUE(lease);
  ASSERT_TRUE((*lease)->save(checkpoint_of(5), "five"));
  EXPECT_EQ((*lease)->save(checkpoint_of(4), "four").error().code, "checkpoint_smaller");
  EXPECT_EQ((*lease)->save(checkpoint_of(5, "other"), "fork").error().code, "checkpoint_fork");
  EXPECT_TRUE((*lease)->save(checkpoint_of(5), "five, cosigned"));
  EXPECT_TRUE((*lease)->save(checkpoint_of(6, "next"), "six"));
  EXPECT_EQ(**checkpoints->latest(), "six");
}

TEST(PgCheckpointStore, TwoServersCannotBothSign) {
  const Store store;
  const auto one = sql::make_pg_checkpoint_store({.connection_string = store.where});
  const auto two = sql::make_pg_checkpoint_store({.connection_string = store.where});
  {
    const auto lease = one->acquire();
    ASSERT_TRUE(lease);
    EXPECT_EQ(two->acquire().error().code, "signer_elsewhere");
    EXPECT_EQ(one->acquire().error().code, "signer_elsewhere");
  }
  EXPECT_TRUE(two->acquire());
}

TEST(PgCheckpointStore, ASignerThatLostItsConnectionSavesNothingMore) {
  const Store store;
  const auto checkpoints = sql::make_pg_checkpoint_store({.connection_string = store.where});
  const auto lease = checkpoints->acquire();
  ASSERT_TRUE(lease);
  store.run("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
  const auto successor = checkpoints->acquire();
  ASSERT_TRUE(successor) << successor.error().code;
  EXPECT_FALSE((*lease)->save(checkpoint_of(9), "from beyond"));
  EXPECT_FALSE(checkpoints->latest()->has_value());
}

TEST(PgCheckpointStore, NobodyRemovesOrShrinksItBehindTheProgram) {
  const Store store;
  const auto checkpoints = sql::make_pg_checkpoint_store({.connection_string = store.where});
  const auto lease = checkpoints->acquire();
  ASSERT_TRUE((*lease)->save(checkpoint_of(5), "five"));
  EXPECT_ANY_THROW(store.run("delete from ishi.checkpoint"));
  EXPECT_ANY_THROW(store.run("update ishi.checkpoint set size = 4"));
  EXPECT_ANY_THROW(store.run("truncate ishi.checkpoint"));
}

}  // namespace
}  // namespace ishi::testing
