// The one place that asks registry/rules/doors.h for a request: which door an action goes through, and whether the
// framework option in force opens it to the principal. The router asks for every route (http/router.h). Any thread.
#pragma once

#include "api/auth/permissions.h"
#include "api/auth/principal.h"
#include "registry/rules/doors.h"

namespace ishi::api {

Door door_of(Action action);
Visitor visitor_of(const Principal& principal);  // views into the principal

// By the book that the credentials were judged by. kForbidden closed_by_option; kUnavailable no_policy: no book.
Result<void> check_door(const Principal& principal, Action action);

}  // namespace ishi::api
