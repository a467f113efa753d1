// What a registered permit does for a question (LAW.md 8.4, 7.9).
#pragma once

#include <optional>

#include "api/filter/ask.h"
#include "registry/ports/status_source.h"

namespace ishi::api {

// The instant up to which objections bind the permit that the question names: it is asked as of then. Nullopt: it is
// asked as of now, for it names none, or its regime has no cut-off at a permit, or another part of it has none (GENOME,
// linkage; registry/rules/parts.h): then the permit is checked all the same. What the View does not cover does not
// count: neither a permit that was registered later nor a change to one.
// Errors: kInvalidArgument unknown_permit, permit_regime, permit_recipient, permit_purpose, permit_exception (the
// permit does not state the exception that is claimed), permit_needed (an exception without a permit, or no permit
// where one is needed); those of the log.
// `needed`: the framework option lets this asker ask under a permit only (LAW.md 9.3). Then it is looked up under every
// regime; where the regime has no cut-off, it is asked as of now all the same.
Result<std::optional<Timestamp>> permit_cut_off(const EventLog& log, const View& view, const Ask& ask, bool needed);

}  // namespace ishi::api
