// Visibility: which events a principal may learn of through a feed. Operators see what can change an answer given to
// them; holders see what names their institution or all; regulators and the registry's own staff see every change.
// Weak forms of identifiers, filter runs of others and erasures are in no feed. Not thread-safe; one per answer.
#pragma once

#include "api/auth/principal.h"
#include "registry/ports/event_log.h"

namespace ishi::api {

class Visibility {
 public:
  Visibility(const Principal& principal, const PolicyBook& book, const EventLog& log)
      : principal_(principal), book_(book), log_(log) {}
  // Errors: those of the log, when a withdrawal's objection must be looked up.
  Result<bool> sees(const EventBody& body) const;
  // Is this filter run the principal's own: asked by it, of its institution, or for its organisation?
  bool owns(std::string_view caller, std::string_view holder, std::string_view recipient) const;

 private:
  bool everything() const;
  bool names_me(const Scope& scope) const;
  bool my_holder(std::string_view code) const;
  bool my_recipient(std::string_view code) const;
  Result<bool> sees_any(std::span<const EventIndex> events) const;

  const Principal& principal_;
  const PolicyBook& book_;
  const EventLog& log_;
};

}  // namespace ishi::api
