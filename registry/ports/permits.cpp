#include "registry/ports/permits.h"

#include <algorithm>
#include <map>

namespace ishi {

Token permit_token(std::string_view permit_id) {
  const Digest digest = sha256(as_bytes("ishi permit v1\n"), as_bytes(permit_id));
  return Token(ByteView(digest).first<Token::kSizeBytes>());
}

const RegisteredPermit* sheet_for(const PermitSheets& sheets, std::string_view regime) {
  const auto found = std::find_if(sheets.begin(), sheets.end(),
                                  [&](const RegisteredPermit& sheet) { return sheet.permit.regime == regime; });
  return found == sheets.end() ? nullptr : &*found;
}

Result<PermitSheets> find_permit(const EventLog& log, std::string_view permit_id, Position upto) {
  const Token token = permit_token(permit_id);
  auto found = find_permits(log, {&token, 1}, upto);
  if (!found) return fail(found.error());
  return std::move(found->front());
}

Result<std::vector<PermitSheets>> find_permits(const EventLog& log, std::span<const Token> permits, Position upto) {
  std::vector<PermitSheets> found(permits.size());
  if (permits.empty()) return found;
  const auto events = log.read_about(permits, upto);
  if (!events) return fail(events.error());
  std::map<Token, PermitSheets> sheets;
  for (const StoredEvent& stored : *events) {
    const auto* permit = std::get_if<PermitApproved>(&stored.event.body);
    if (permit == nullptr || sheet_for(sheets[permit->token], permit->regime) != nullptr) continue;
    sheets[permit->token].push_back({stored.index, stored.event.registered_at, *permit});
  }
  for (std::size_t i = 0; i < permits.size(); ++i)
    if (const auto at = sheets.find(permits[i]); at != sheets.end()) found[i] = at->second;
  return found;
}

}  // namespace ishi
