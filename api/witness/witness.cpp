#include "api/witness/witness.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "api/host/durable_file.h"
#include "api/witness/witness_protocol.h"
#include "registry/assert.h"
#include "registry/merkle/merkle.h"

namespace ishi::api {
namespace {

constexpr std::size_t kRequestBytesMax = kNoteBytesMax + 8'192;

Response refused(int status, const std::string& why) {
  Response response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = why + "\n";
  return response;
}

Response other_size(std::uint64_t size) {
  Response response;
  response.status = 409;
  response.content_type = kTreeSizeMediaType;
  response.body = std::to_string(size) + "\n";
  return response;
}

}  // namespace

Witness::Witness(std::string folder, KeyRing keys, const Clock& clock)
    : folder_(std::move(folder)), keys_(std::move(keys)), clock_(clock) {
  ISHI_ASSERT(keys_.signing.verifier().type() == NoteKeyType::kCosignature);
}

Witness::~Witness() {
  if (lock_ >= 0) ::close(lock_);
}

Result<std::unique_ptr<Witness>> Witness::open(std::string folder, KeyRing keys, std::vector<VerifierKey> logs,
                                               const Clock& clock) {
  std::unique_ptr<Witness> witness(new Witness(std::move(folder), std::move(keys), clock));
  const std::string lock_file = witness->folder_ + "/lock";
  witness->lock_ = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (witness->lock_ < 0) return fail(ErrorKind::kUnavailable, "state_folder", lock_file + ": cannot be opened");
  if (::flock(witness->lock_, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::kConflict, "witness_running", witness->folder_ + ": another process is this witness");
  }
  const MutexLock lock(witness->mutex_);
  for (VerifierKey& key : logs) {
    if (key.type() != NoteKeyType::kSignature) {
      return fail(ErrorKind::kInvalidArgument, "vkey_type", key.name() + ": that is a witness's key, not a log's");
    }
    witness->logs_[key.name()].keys.push_back(std::move(key));
  }
  for (auto& [origin, log] : witness->logs_) {
    if (auto recalled = witness->recall(origin, log); !recalled) return fail(recalled.error());
  }
  return witness;
}

std::string Witness::file_of(const std::string& origin) const {
  return folder_ + "/" + origin_id(origin);
}

Result<void> Witness::recall(const std::string& origin, KnownLog& log) const {
  const auto bytes = read_if_there(file_of(origin), kNoteBytesMax);
  if (!bytes) return fail(bytes.error());
  if (!*bytes) return {};
  const Error lost{ErrorKind::kCorrupt, "witness_state",
                   file_of(origin) + ": not what this witness cosigned; without it, it must not go on for " + origin};
  const auto note = parse_note(**bytes);
  if (!note || !verify_note(*note, keys_.verifiers)) return fail(lost);
  const auto checkpoint = parse_checkpoint(note->text);
  if (!checkpoint || checkpoint->origin != origin) return fail(lost);
  log.size = checkpoint->size;
  log.root = checkpoint->root;
  log.note = **bytes;
  return {};
}

Response Witness::add_checkpoint(const Request& http) {
  const auto request = parse_add_checkpoint(http.body);
  if (!request) return refused(400, request.error().detail);
  const auto claimed = parse_checkpoint(request->checkpoint.text);
  if (!claimed) return refused(400, claimed.error().detail);

  const MutexLock lock(mutex_);
  const auto known = logs_.find(claimed->origin);
  if (known == logs_.end()) return refused(404, "this witness does not know that log");
  KnownLog& log = known->second;
  const auto checkpoint = open_checkpoint(request->checkpoint, log.keys);
  if (!checkpoint) return refused(403, checkpoint.error().detail);
  if (request->old_size > checkpoint->size) return refused(400, "the old size is larger than the new one");
  if (request->old_size != log.size) return other_size(log.size);
  if (checkpoint->size == log.size && !log.note.empty() && checkpoint->root != log.root) return other_size(log.size);
  const Digest old_root = log.note.empty() ? empty_root() : log.root;
  if (!check_consistency(log.size, old_root, checkpoint->size, checkpoint->root, request->proof)) {
    return refused(422, "the proof does not lead from the old tree to the new one");
  }

  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, clock_.now().microseconds() / 1'000'000));
  const NoteSignature cosignature = keys_.signing.cosign(request->checkpoint.text, seconds);
  SignedNote kept{request->checkpoint.text, {}};
  std::copy_if(request->checkpoint.signatures.begin(), request->checkpoint.signatures.end(),
               std::back_inserter(kept.signatures), [&log](const NoteSignature& signature) {
                 return std::any_of(log.keys.begin(), log.keys.end(),
                                    [&](const VerifierKey& key) { return key.matches(signature); });
               });
  kept.signatures.push_back(cosignature);
  const std::string note = format_note(kept);
  // What cannot be remembered must not be cosigned.
  if (auto remembered = write_durably(file_of(claimed->origin), note); !remembered) {
    return refused(503, "the witness cannot write to its disk");
  }
  log.size = checkpoint->size;
  log.root = checkpoint->root;
  log.note = note;
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = format_signature_line(cosignature);
  return response;
}

Response Witness::checkpoint(const Request& request) const {
  const auto id = request.parameters.find("origin");
  ISHI_ASSERT(id != request.parameters.end());
  const MutexLock lock(mutex_);
  for (const auto& [origin, log] : logs_) {
    if (origin_id(origin) != id->second || log.note.empty()) continue;
    Response response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = log.note;
    return response;
  }
  return refused(404, "nothing was cosigned for that log");
}

void add_witness_routes(Router& router, Witness& witness) {
  Route add;
  add.method = Method::kPost;
  add.pattern = "/add-checkpoint";
  add.action = Action::kReadLog;
  add.body_bytes_max = kRequestBytesMax;
  add.handler = [&witness](const Request& request, const Principal&) { return witness.add_checkpoint(request); };
  router.add(std::move(add));
  Route read;
  read.pattern = "/{origin}/checkpoint";
  read.action = Action::kReadLog;
  read.handler = [&witness](const Request& request, const Principal&) { return witness.checkpoint(request); };
  router.add(std::move(read));
}

}  // namespace ishi::api
