// A witness (C2SP tlog-witness): for each log that it knows it remembers the last checkpoint it cosigned, and cosigns
// the next only with proof that the log merely grew. What it remembers is on the disk before it answers.
//   POST /add-checkpoint                       200 cosignature; 400 403 404 409 422 as the protocol has them
//   GET  /{hex sha256 of the origin}/checkpoint    what it cosigned last, for monitors
// Any thread; one checkpoint is judged at a time, so looking and remembering are one step.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/host/key_file.h"
#include "api/http/router.h"
#include "registry/notes/checkpoint.h"
#include "registry/result.h"
#include "registry/threads/mutex.h"
#include "registry/time.h"

namespace ishi::api {

class Witness {
 public:
  // One file per log in `folder`, which exists and is the witness's alone. REQUIRES: keys of kind kCosignature.
  // Errors: kInvalidArgument (a log's vkey is of another kind), kCorrupt (a file in the folder is not one it signed),
  // kUnavailable, kConflict (another process is this witness).
  static Result<std::unique_ptr<Witness>> open(std::string folder, KeyRing keys, std::vector<VerifierKey> logs,
                                               const Clock& clock);
  ~Witness();
  Response add_checkpoint(const Request& request);
  Response checkpoint(const Request& request) const;

 private:
  struct KnownLog {
    std::vector<VerifierKey> keys;
    std::uint64_t size = 0;
    Digest root{};
    std::string note;  // as cosigned; empty: none yet
  };
  Witness(std::string folder, KeyRing keys, const Clock& clock);
  Result<void> recall(const std::string& origin, KnownLog& log) const;
  std::string file_of(const std::string& origin) const;

  const std::string folder_;
  const KeyRing keys_;
  const Clock& clock_;
  int lock_ = -1;
  mutable Mutex mutex_;
  std::map<std::string, KnownLog, std::less<>> logs_ ISHI_GUARDED_BY(mutex_);  // by origin
};

// A witness asks nobody for credentials. `witness` outlives the router.
void add_witness_routes(Router& router, Witness& witness);

}  // namespace ishi::api
