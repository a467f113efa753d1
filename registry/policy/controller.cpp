#include "registry/policy/controller.h"

namespace ishi {

std::string controller_of(const Profile& profile) {
  return profile.controller_organisation + " (" + profile.controller_kind + ")";
}

}  // namespace ishi
