#include "registry/ports/permits.h"

#include <map>

namespace ishi {

Token permit_token(std::string_view permit_id) {
  const Digest digest = sha256(as_bytes("ishi permit v1\n"), as_bytes(permit_id));
  return Token(ByteView(digest).first<Token::kSizeBytes>());
}

Result<std::optional<RegisteredPermit>> find_permit(const EventLog& log, std::string_view permit_id, Position upto) {
  const Token token = permit_token(permit_id);
  auto found = find_permits(log, {&token, 1}, upto);
  if (!found) return fail(found.error());
  return std::move(found->front());
}

Result<std::vector<std::optional<RegisteredPermit>>> find_permits(const EventLog& log, std::span<const Token> permits,
                                                                  Position upto) {
  std::vector<std::optional<RegisteredPermit>> found(permits.size());
  if (permits.empty()) return found;
  const auto events = log.read_about(permits, upto);
  if (!events) return fail(events.error());
  std::map<Token, const StoredEvent*> first;
  for (const StoredEvent& stored : *events)
    if (const auto* permit = std::get_if<PermitApproved>(&stored.event.body)) first.try_emplace(permit->token, &stored);
  for (std::size_t i = 0; i < permits.size(); ++i) {
    const auto at = first.find(permits[i]);
    if (at == first.end()) continue;
    const StoredEvent& stored = *at->second;
    found[i] = {stored.index, stored.event.registered_at, std::get<PermitApproved>(stored.event.body)};
  }
  return found;
}

}  // namespace ishi
