// ProvedRun: a past filter run as its receipts prove it, all parts together. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/notes/receipt.h"
#include "registry/result.h"
#include "registry/rules/decision.h"

namespace ishi::client {

// What the JSON form says besides. The registry never saw the files, so it signed none of this.
struct SenderSays {
  std::string input_sha256, output_sha256;
  std::uint64_t items = 0, kept = 0;
};

class ProvedRun {
 public:
  // Errors: kUnprocessable "not_a_run", "parts_differ" (parts of different runs), "part_missing", "part_twice".
  // One part alone is fine: then whole() says whether there were more.
  static Result<ProvedRun> of(std::vector<OpenedReceipt> receipts);

  const std::vector<OpenedReceipt>& receipts() const { return receipts_; }  // in the order of the parts
  const FilterRun& part(std::size_t i) const;
  const FilterRun& first() const { return part(0); }
  bool whole() const { return receipts_.size() == first().parts; }
  bool tells_reasons() const { return told(first()) == RunTold::kReasons; }
  static RunTold told(const FilterRun& run) { return run.details ? run.details->told : RunTold::kReasons; }
  static std::uint64_t questions(const FilterRun& run);  // rows of the body
  std::uint64_t count(ReasonCode code) const;            // over all parts
  std::uint64_t withheld() const;                        // refusals without a reason told

  std::optional<SenderSays> sender_says;

 private:
  explicit ProvedRun(std::vector<OpenedReceipt> receipts) : receipts_(std::move(receipts)) {}
  std::vector<OpenedReceipt> receipts_;  // each of a FilterRun, never empty
};

}  // namespace ishi::client
