// A principal as commands see it (registry/commands/command.h): its role, and the institutions for which it may act.
#pragma once

#include "api/auth/principal.h"
#include "registry/commands/command.h"

namespace ishi::api {

// Both arguments must outlive the actor.
Actor actor_of(const Principal& principal, const PolicyBook& book);

}  // namespace ishi::api
