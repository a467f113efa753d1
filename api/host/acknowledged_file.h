// AcknowledgedFile: the end of the log that this server has acknowledged, on its own disk before the acknowledgement
// leaves. An older copy of the database under this server is so noticed by it, even when it was killed right after the
// acknowledgement, before anything was signed. Two places are written in turn, each with its digest: a power cut costs
// at most the one being written. One process at a time (a lock on the file); one thread remembers, any reads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "registry/merkle/sha256.h"
#include "registry/position.h"
#include "registry/result.h"
#include "registry/threads/mutex.h"

namespace ishi::api {

struct Acknowledged {
  Position position;    // 0: nothing yet
  Digest commitment{};  // of the event before it; zeros: not known
};

class AcknowledgedFile {
 public:
  // Made if it is not there. Errors: kUnavailable "file_failed", kConflict "memory_in_use" (another process has it),
  // kCorrupt "memory_damaged" (no place holds what was written).
  static Result<std::unique_ptr<AcknowledgedFile>> open(const std::string& path);
  ~AcknowledgedFile();
  AcknowledgedFile(const AcknowledgedFile&) = delete;
  AcknowledgedFile& operator=(const AcknowledgedFile&) = delete;

  bool existed() const { return existed_; }  // before open()
  Acknowledged last() const;
  // On the disk on return; nothing for a position that is not beyond the last. Errors: kUnavailable "file_failed".
  Result<void> remember(const Acknowledged& acknowledged);

 private:
  AcknowledgedFile(std::string path, int file, bool existed);
  Result<void> read();

  const std::string path_;
  const int file_;
  const bool existed_;
  mutable Mutex mutex_;
  Acknowledged last_ ISHI_GUARDED_BY(mutex_);
  unsigned next_place_ ISHI_GUARDED_BY(mutex_) = 0;  // 0 or 1: not the one that holds last_
};

}  // namespace ishi::api
