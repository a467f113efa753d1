#include "api/auth/actor.h"

#include "api/auth/permissions.h"

namespace ishi::api {

Actor actor_of(const Principal& principal, const PolicyBook& book) {
  return {principal.role, [&principal, &book](std::string_view institution) {
            return check_holder(principal, book, institution).has_value();
          }};
}

}  // namespace ishi::api
