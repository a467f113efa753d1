// `ishi audit intake`: which sources owe something, as a table or as the server's JSON. For operators and auditors; a
// hospital's key shows its own sources.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace ishi::api {

// Everything after `ishi audit intake`. 0: nothing needs a person; 1: something does, each source named on stdout;
// 2: the options make no sense; 3: the server cannot be reached, or refused.
int run_intake(std::span<const std::string> arguments);

// The report on GET /v1/intake's answer, for people; nullopt when this is no such answer. `all`: those in order too.
struct IntakeReport {
  std::string text;
  bool attention = false;
};
std::optional<IntakeReport> intake_report(const std::string& json, bool all);

}  // namespace ishi::api
