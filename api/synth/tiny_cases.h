// The people of S-TINY that stand for the edge cases of LAW.md 15: facts, and what a registry that has read them must
// answer. tiny_cases.csv holds the questions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/synth/files/registry_files.h"
#include "api/synth/world/person.h"
#include "api/synth/world/world.h"
#include "registry/rules/decision.h"
#include "registry/time.h"

namespace ishi::synth {

struct TinyCase {
  std::string id;  // T01, T02b, …
  Card asked;      // as the asker has it: perhaps not as the insurer wrote it
  std::string regime = "NGMIA_ANON";
  std::string holder, recipient, purpose;
  std::string categories = "RECEIPT";
  Timestamp as_of;
  std::string override_code, ground;
  ReasonCode expected = ReasonCode::kAllow;
  std::string why;  // no commas
};

struct TinyTelling {
  std::vector<TinyCase> cases;
  std::uint64_t people = 0;  // who they are about
};

// Writes the facts and returns the questions. REQUIRES: world.parameters().scenario == Scenario::kTiny.
TinyTelling tell_tiny_cases(const World& world, RegistryFiles& files);
std::string tiny_cases_csv(std::span<const TinyCase> cases);

}  // namespace ishi::synth
