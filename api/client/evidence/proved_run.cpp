#include "api/client/evidence/proved_run.h"

#include <algorithm>
#include <numeric>

#include "registry/assert.h"

namespace ishi::client {
namespace {

tl::unexpected<Error> refuse(const char* code, std::string detail) {
  return fail(ErrorKind::kUnprocessable, code, std::move(detail));
}

const FilterRun& run_of(const OpenedReceipt& receipt) {
  return std::get<FilterRun>(receipt.event.body);
}

// Parts of one run differ in what they were asked and answered, and when: each is of its own Position.
bool of_one_run(const OpenedReceipt& a, const OpenedReceipt& b) {
  FilterRun first = run_of(a), second = run_of(b);
  for (FilterRun* run : {&first, &second}) {
    run->input_digest = run->output_digest = {};
    run->counts = {};
    run->position = {};
    run->policy = {};
    run->as_of = run->evaluated_at = run->valid_until = {};
    if (run->details) run->details->part = 0, run->details->withheld = 0;
  }
  return first == second && a.event.caller == b.event.caller &&
         a.trusted.checkpoint.origin == b.trusted.checkpoint.origin;
}

std::uint32_t number_of(const OpenedReceipt& receipt) {
  return run_of(receipt).details->part;
}

}  // namespace

const FilterRun& ProvedRun::part(std::size_t i) const {
  return run_of(receipts_.at(i));
}

Result<ProvedRun> ProvedRun::of(std::vector<OpenedReceipt> receipts) {
  ISHI_ASSERT(!receipts.empty());
  for (const OpenedReceipt& receipt : receipts) {
    if (!std::holds_alternative<FilterRun>(receipt.event.body))
      return refuse("not_a_run", "receipt no. " + std::to_string(receipt.index.value()) + " is not of a filter run");
    if (!of_one_run(receipts.front(), receipt))
      return refuse("parts_differ", "the receipts in this file are of different runs");
  }
  const std::uint32_t parts = run_of(receipts.front()).parts;
  if (receipts.size() == 1) return ProvedRun(std::move(receipts));
  if (run_of(receipts.front()).details) {
    std::stable_sort(receipts.begin(), receipts.end(),
                     [](const OpenedReceipt& a, const OpenedReceipt& b) { return number_of(a) < number_of(b); });
    const auto twice = std::adjacent_find(receipts.begin(), receipts.end(),
                                          [](const auto& a, const auto& b) { return number_of(a) == number_of(b); });
    if (twice != receipts.end())
      return refuse("part_twice", "part " + std::to_string(number_of(*twice)) + " is in this file twice");
  }
  if (receipts.size() != parts) {
    return refuse("part_missing", "this file has the receipts of " + std::to_string(receipts.size()) +
                                      " parts, but the run had " + std::to_string(parts));
  }
  return ProvedRun(std::move(receipts));
}

std::uint64_t ProvedRun::questions(const FilterRun& run) {
  return std::accumulate(run.counts.begin(), run.counts.end(), run.details ? run.details->withheld : 0);
}

std::uint64_t ProvedRun::count(ReasonCode code) const {
  std::uint64_t sum = 0;
  for (const OpenedReceipt& receipt : receipts_) sum += run_of(receipt).counts[static_cast<std::size_t>(code)];
  return sum;
}

std::uint64_t ProvedRun::withheld() const {
  std::uint64_t sum = 0;
  for (const OpenedReceipt& receipt : receipts_) sum += run_of(receipt).details ? run_of(receipt).details->withheld : 0;
  return sum;
}

}  // namespace ishi::client
