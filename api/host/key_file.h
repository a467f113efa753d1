// Key files: the keys of one log or one witness, one a line, oldest first.
//   # comment
//   registry.example/log+1f2e3d4c+AQ…              a retired key: verifies what it signed, signs no more
//   PRIVATE+KEY+registry.example/log+9a8b7c6d+AQ…  the key in use
// The last signing key signs; all are published. The file is its owner's alone (mode 0600).
#pragma once

#include <string>
#include <vector>

#include "registry/notes/note_key.h"
#include "registry/result.h"

namespace ishi::api {

struct KeyRing {
  SigningKey signing;
  std::vector<VerifierKey> verifiers;  // all, that of `signing` included, newest first
};

// Errors: kNotFound (no such file), kInvalidArgument "key_file_open" (others may read it), "key_file_invalid" (the
// line; no signing key; names or types differ). No error repeats a secret.
Result<KeyRing> read_key_file(const std::string& path);
// A new key in a new file. REQUIRES: is_key_name(name). Errors: kConflict (there is a file already), kUnavailable.
Result<VerifierKey> create_key_file(const std::string& path, const std::string& name, NoteKeyType type);
// A new key that signs from the next start on; the ones before it are kept only as public keys. Errors: those of
// read_key_file, kUnavailable.
Result<VerifierKey> rotate_key_file(const std::string& path);

}  // namespace ishi::api
