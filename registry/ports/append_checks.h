// What every EventLog checks of a request, whatever it stores events in. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "registry/ports/event_log.h"
#include "registry/result.h"

namespace ishi {

constexpr std::size_t kAppendEventsMax = 200'000;  // in one request
constexpr std::size_t kAppendAnswerBytesMax = 1024 * 1024;
constexpr std::size_t kReadEventsMax = 100'000;
constexpr std::size_t kAboutTokensMax = 100'000;
constexpr std::size_t kSourceGapsMax = 10'000;        // open gaps of one source
constexpr std::int64_t kAcceptedLeadSecondsMax = 60;  // clocks of several servers may differ by so much

// Errors: kInvalidArgument (key, source or sequence malformed), kTooLarge.
Result<void> check_append_request(const AppendRequest& request);
Result<void> check_delivery(std::string_view source, std::string_view kind);  // kInvalidArgument "bad_source"
Result<void> check_idempotency_key(const IdempotencyKey& key);

// Enters a batch into the books of its source. Returns the start of the gap right before it, if there is one.
// Errors: kConflict "sequence_seen"; kUnprocessable "too_many_gaps". After an error the books are unchanged.
Result<std::optional<std::uint64_t>> take_sequence(IntakeSource& books, std::uint64_t sequence);

// accepted_at <= registered_at holds for every event in the log. This is the earliest instant with which the bodies
// may be registered: `now`, or a little later when they were accepted by a clock ahead of ours. REQUIRES: `now` is not
// before the last event of the log; one's own clock alone may have been set back.
// Errors: kUnprocessable "accepted_in_future" when that lead is above kAcceptedLeadSecondsMax.
Result<Timestamp> earliest_registration(const std::vector<EventBody>& bodies, Timestamp now);

}  // namespace ishi
