// Who asks, and about whom: the fields requester, relation, birth_date, channel, and what the registry knows of the
// person. Shared by objections, withdrawals and consents. Pure.
#pragma once

#include "api/writes/line_handler.h"
#include "registry/rules/requests.h"

namespace ishi::api {

// birth_date serves the age rules and is not kept.
Judged<Requester> requester_fields(const Line& line, Timestamp now);
Judged<Channel> channel_field(const Line& line, const Principal& principal);
// What a rule of registry/rules/requests.h complains about, as a refusal naming the field that can mend it.
Refusal refusal_of(const Error& error);

}  // namespace ishi::api
