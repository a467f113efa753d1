#include "api/host/key_file.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "api/host/durable_file.h"
#include "registry/notes/note_text.h"

namespace ishi::api {
namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;

tl::unexpected<Error> invalid(const std::string& path, const std::string& what) {
  return fail(ErrorKind::kInvalidArgument, "key_file_invalid", path + ": " + what);
}

Result<SigningKey> new_key(const std::string& name, NoteKeyType type) {
  Ed25519Seed seed;
  if (RAND_priv_bytes(seed.data(), static_cast<int>(seed.size())) != 1) {
    return fail(ErrorKind::kUnavailable, "no_randomness", "the system gives no random bytes");
  }
  SigningKey key = SigningKey::from_seed(name, type, seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return key;
}

}  // namespace

Result<KeyRing> read_key_file(const std::string& path) {
  const auto bytes = read_if_there(path, kKeyFileBytesMax);
  if (!bytes) return fail(bytes.error());
  if (!*bytes) return fail(ErrorKind::kNotFound, "key_file_missing", path + ": there is no such file");
  if (open_to_others(path)) {
    return fail(ErrorKind::kInvalidArgument, "key_file_open", path + ": others can read it; chmod 600");
  }
  std::optional<SigningKey> signing;
  std::vector<VerifierKey> verifiers;
  std::string text = **bytes;
  if (!text.ends_with('\n')) text += '\n';
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view line = *take_line(rest);
    if (line.empty() || line.starts_with('#')) continue;
    const std::string where = "line " + std::to_string(number) + ": ";
    if (line.starts_with("PRIVATE+KEY+")) {
      const auto key = SigningKey::parse(line);
      if (!key) return invalid(path, where + key.error().detail);
      signing = *key;
      verifiers.insert(verifiers.begin(), key->verifier());
    } else {
      const auto key = VerifierKey::parse(line);
      if (!key) return invalid(path, where + key.error().detail);
      verifiers.insert(verifiers.begin(), *key);
    }
    if (verifiers.front().name() != verifiers.back().name() || verifiers.front().type() != verifiers.back().type()) {
      return invalid(path, where + "all keys of a file bear one name and are of one kind");
    }
  }
  if (!signing) return invalid(path, "there is no signing key in it");
  return KeyRing{*std::move(signing), std::move(verifiers)};
}

Result<VerifierKey> create_key_file(const std::string& path, const std::string& name, NoteKeyType type) {
  const auto key = new_key(name, type);
  if (!key) return fail(key.error());
  const auto written = create_durably(path, key->format_secret() + "\n");
  if (!written) return fail(written.error());
  return key->verifier();
}

Result<VerifierKey> rotate_key_file(const std::string& path) {
  const auto ring = read_key_file(path);
  if (!ring) return fail(ring.error());
  const auto key = new_key(ring->signing.verifier().name(), ring->signing.verifier().type());
  if (!key) return fail(key.error());
  std::string text;
  for (auto old = ring->verifiers.rbegin(); old != ring->verifiers.rend(); ++old) text += old->format() + "\n";
  const auto written = write_durably(path, text + key->format_secret() + "\n");
  if (!written) return fail(written.error());
  return key->verifier();
}

}  // namespace ishi::api
