// Insurance identifiers: what is accepted is canonical for good, and no error repeats what was written.
#include "registry/identifiers/insurance_id.h"

#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

void check(const Result<InsuranceId>& id, std::string_view input) {
  if (!id) {
    FUZZ_MUST(id.error().kind == ErrorKind::kInvalidArgument && !repeats_digits(id.error().detail, input, 4));
    return;
  }
  FUZZ_MUST(id->insurer.size() == 8 && id->insurer.find_first_not_of("0123456789") == std::string::npos);
  FUZZ_MUST(id->branch.empty() || id->branch.size() == 2);
  FUZZ_MUST(!id->number.empty() || !id->symbol.empty());
  FUZZ_MUST(canonical_exact(*id).starts_with(canonical_household(*id)) || id->branch.empty());
  const auto again = parse_insurance_id(id->insurer, id->symbol, id->number, id->branch);
  FUZZ_MUST(again && *again == *id);
  const auto line = parse_insurance_line(id->insurer + ":" + id->symbol + ":" + id->number + ":" + id->branch);
  FUZZ_MUST(line && *line == *id);
}

const Registration kTarget("insurance_id", [](std::string_view input) {
  check(parse_insurance_line(input), input);
  check(parse_insurance_csv(input), input);
});

}  // namespace
}  // namespace ishi::fuzz
