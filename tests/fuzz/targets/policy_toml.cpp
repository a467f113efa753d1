// Policy documents: a book or complaints, never both, and every complaint names a line that is there.
#include "registry/policy/reading/policy_text.h"

#include <algorithm>

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

const Registration kTarget("policy_toml", [](std::string_view input) {
  const std::vector<PolicyDocument> documents = {{"fuzz.toml", std::string(input)}};
  const PolicyReading reading = read_policy(documents);
  FUZZ_MUST((reading.book != nullptr) == reading.complaints.empty());
  FUZZ_MUST(reading.complaints.size() <= 100);
  const auto lines = static_cast<std::uint32_t>(1 + std::count(input.begin(), input.end(), '\n'));
  for (const PolicyComplaint& complaint : reading.complaints) {
    FUZZ_MUST(complaint.line <= lines && !complaint.message.empty());
    FUZZ_MUST(complaint.message.find('\n') == std::string::npos);
  }
});

}  // namespace
}  // namespace ishi::fuzz
