// The later kinds of event (17 and on), and what later formats of earlier kinds added: for sample_events.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "registry/events/event.h"

namespace ishi::testing {

std::vector<std::pair<std::string, EventBody>> sample_facts();
// Of one of these kinds, with random fields. REQUIRES: `kind` is one of them.
EventBody random_fact(EventKind kind, std::mt19937_64& random);
std::optional<Reception> maybe_reception(std::mt19937_64& random);
std::optional<NoticeDetails> maybe_notice_details(std::mt19937_64& random);

}  // namespace ishi::testing
