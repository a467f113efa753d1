#include "api/auth/actor.h"

#include "api/auth/permissions.h"

namespace ishi::api {

Actor actor_of(const Principal& principal, const PolicyBook& book) {
  const auto acts_for = [&principal, &book](std::string_view institution) {
    // The registry takes in what every institution reports; anybody else speaks for their own.
    if (principal.role != Role::kRegistryOps &&
        (principal.holder.empty() ||
         book.current_institution(principal.holder) != book.current_institution(institution)))
      return false;
    return check_holder(principal, book, institution).has_value();
  };
  return {principal.role,      acts_for,
          principal.id,        principal.holder,
          principal.recipient, may(principal.role, Action::kWriteDeath)};
}

}  // namespace ishi::api
