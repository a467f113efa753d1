// How much is known of one person is bounded, whatever the log holds of them: a status is kept in memory and read for
// every question. What says nothing new is left out; what is too much is folded so that answers become stricter and
// never milder. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "registry/status/person_status.h"

namespace ishi::facts {

// Facts of one person, of each kind. Nobody comes near them: 64 objections that differ, 64 that were taken back.
constexpr std::size_t kObjectionFactsMax = 128;  // half of them standing, half taken back
constexpr std::size_t kConsentFactsMax = 64;
constexpr std::size_t kNoticeFactsMax = 1'024;
constexpr std::size_t kLinkFactsMax = 2'048;

// REQUIRES: every list sorted by event, notices by their value. Afterwards:
//   objections   without those that another with the same scope, requester and token covers in time. Of the standing
//                ones beyond the bound: one that stops everything. Of those taken back beyond it: the latest, and for
//                the earlier ones one with the time from the first to the last of them.
//   consents     the latest: a permission that is left out permits nothing
//   notices      the earliest and the latest days
//   links        the earliest. Only commands read them; an undone one is none
void bound_facts(PersonStatus& status);
// Of objections alone, also of several persons. REQUIRES: sorted by event.
void bound_objections(std::vector<ObjectionFact>& objections);

// As ambiguous, for ever, under every regime: the person cannot be looked through.
ObjectionFact deny_everything(std::uint64_t because, const Token& token);

}  // namespace ishi::facts
