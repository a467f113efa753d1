// GET /v1/receipts/{index}: the receipt of one event (registry/notes/receipt.h), for
//   the caller who submitted it; others of that caller's institution or organisation; the institution it names
//   (notices, filter runs); the minister's and the commission's auditors; a governor's, for its institutions.
//   The receipt of a run with reasons is only for those who may know them: runs of operators are recorded without.
// 503 receipt_not_ready with Retry-After until a signed checkpoint covers the event. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/evidence/log_handler.h"
#include "registry/events/event.h"
#include "registry/policy/policy_book.h"

namespace ishi::api {

class ReceiptHandler {
 public:
  // The policy in force here and now; null before the first.
  using BookSource = std::function<std::shared_ptr<const PolicyBook>()>;
  // `log` outlives the handler.
  ReceiptHandler(const LogHandler& log, BookSource book) : log_(log), book_(std::move(book)) {}

  Response handle(const Request& request, const Principal& principal) const;

  // For rooms that know by themselves who may see it (portal, counter). The receipt is checked before it leaves.
  // Errors: kNotFound "beyond_the_log", "erased"; kNotFreshYet "receipt_not_ready"; kCorrupt; kUnavailable.
  Result<std::string> receipt(EventIndex index) const;

 private:
  Result<StoredLeaf> leaf(EventIndex index) const;
  Result<std::string> receipt_of(const StoredLeaf& leaf) const;
  bool may_have(const Principal& principal, const Event& event) const;

  const LogHandler& log_;
  const BookSource book_;
};

}  // namespace ishi::api
