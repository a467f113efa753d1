// Feeds a projection what it has not seen of a log, as the follower would.
#pragma once

#include <gtest/gtest.h>

#include "cache/feed/feed_projection.h"

namespace ishi::testing {

inline void feed_all(const EventLog& log, cache::FeedProjection& projection) {
  const auto events = log.read(projection.position().next_index(), 100'000).value();
  ASSERT_TRUE(projection.apply(log, events).has_value());
}

}  // namespace ishi::testing
