// Service: the whole of ishid, constructed in order and taken down in reverse. The constructor in wiring.cpp is the
// diagram of the whole: each part is given the parts it uses.
#pragma once

#include <cstdint>
#include <memory>

#include "api/server/config.h"
#include "api/server/log.h"
#include "registry/result.h"

namespace ishi::api {

class Service {
 public:
  // Migrates if told to, publishes the first policy if the log is empty, starts the follower and listens. Waits up to
  // half a minute for the database. `trust_database`: a log that is not empty is taken for the newest there is although
  // this server remembers nothing of it. Errors: what the operator must mend.
  static Result<std::unique_ptr<Service>> start(const Config& config, const Log& log, bool trust_database = false);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::uint16_t port() const;
  // Not ready from now on; finishes what is in work, within the configured grace. True: nothing was cut off.
  bool stop();

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace ishi::api
