// Trust policies: bounded, and one that is accepted judges any note without trusting what nobody signed.
#include "registry/notes/witness_policy.h"

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

const Registration kTarget("witness_policy", [](std::string_view input) {
  const auto policy = WitnessPolicy::parse(input);
  if (!policy) {
    FUZZ_MUST(policy.error().kind == ErrorKind::kInvalidArgument || policy.error().kind == ErrorKind::kTooLarge);
    return;
  }
  FUZZ_MUST(policy->logs().size() + policy->witnesses().size() <= kPolicyNamesMax);
  for (const PolicyLog& log : policy->logs()) FUZZ_MUST(VerifierKey::parse(log.key.format()).has_value());
  for (const PolicyWitness& witness : policy->witnesses())
    FUZZ_MUST(witness.key.type() == NoteKeyType::kCosignature && !witness.name.empty());
  FUZZ_MUST(!policy->check({"registry.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", {}}));
});

}  // namespace
}  // namespace ishi::fuzz
