// How checkpoints reach witnesses: one POST at a time. Tests put a witness of their own behind it. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "registry/result.h"

namespace ishi::api {

struct WitnessReply {
  int status = 0;
  std::string media_type, body;
};

class WitnessTransport {
 public:
  virtual ~WitnessTransport() = default;
  // Any status is an answer. Errors: kUnavailable.
  virtual Result<WitnessReply> add_checkpoint(std::string_view body) = 0;
};

// Over HTTP, to <prefix>/add-checkpoint; at most 5 seconds for an exchange. Errors: kInvalidArgument (no http address).
Result<std::unique_ptr<WitnessTransport>> connect_to_witness(const std::string& prefix);

}  // namespace ishi::api
