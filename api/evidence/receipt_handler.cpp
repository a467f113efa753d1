#include "api/evidence/receipt_handler.h"

#include "api/auth/doors.h"
#include "api/messages/problem.h"
#include "registry/assert.h"
#include "registry/events/event_codec.h"
#include "registry/notes/note_text.h"
#include "registry/notes/receipt.h"

namespace ishi::api {
namespace {

std::string holder_named_in(const EventBody& body) {
  if (const auto* notice = std::get_if<NoticeGiven>(&body)) return notice->holder;
  if (const auto* voided = std::get_if<NoticeVoided>(&body)) return voided->holder;
  if (const auto* run = std::get_if<FilterRun>(&body)) return run->holder;
  return "";
}

}  // namespace

Response ReceiptHandler::handle(const Request& request, const Principal& principal) const {
  if (principal.role == Role::kPublic) {
    return problem_response(
        Error{ErrorKind::kUnauthenticated, "unauthenticated", "Receipts are for those they concern."}, request);
  }
  const auto text = request.parameters.find("index");
  ISHI_ASSERT(text != request.parameters.end());
  const auto number = parse_decimal(text->second);
  if (!number) {
    return problem_response(Error{ErrorKind::kNotFound, "not_found", "A receipt number is a number."}, request);
  }
  const auto stored = leaf(EventIndex(*number));
  if (!stored) return problem_response(stored.error(), request);
  const auto event = decode_event(stored->event_bytes);
  if (!event) return problem_response(event.error(), request);
  if (const auto book = book_(); book && is_regulator(principal.role)) {
    const auto open = check_door(*book, visitor_of(principal), Door::kOwn);
    if (!open) return problem_response(open.error(), request);
  }
  if (!may_have(principal, *event)) {
    return problem_response(Error{ErrorKind::kForbidden, "foreign_receipt", "This receipt is another's."}, request);
  }
  auto receipt = receipt_of(*stored);
  if (!receipt) return problem_response(receipt.error(), request);
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + std::to_string(*number) + ".tlog-proof\"");
  response.body = *std::move(receipt);
  return response;
}

Result<std::string> ReceiptHandler::receipt(EventIndex index) const {
  const auto stored = leaf(index);
  if (!stored) return fail(stored.error());
  return receipt_of(*stored);
}

Result<StoredLeaf> ReceiptHandler::leaf(EventIndex index) const {
  auto leaves = log_.evidence().read_leaves(index, 1);
  if (!leaves) return fail(leaves.error());
  if (leaves->empty()) return fail(ErrorKind::kNotFound, "beyond_the_log", "the log is not that long");
  if (!leaves->front().salt) return fail(ErrorKind::kNotFound, "erased", "the content of this event was erased");
  return std::move(leaves->front());
}

Result<std::string> ReceiptHandler::receipt_of(const StoredLeaf& leaf) const {
  const auto head = log_.latest();
  if (!head) return fail(head.error());
  const std::uint64_t size = head->checkpoint.size, index = leaf.index.value();
  if (index >= size) {
    return fail(ErrorKind::kNotFreshYet, "receipt_not_ready",
                "no signed checkpoint covers this event yet; try again in a second");
  }
  const auto proof = prove_inclusion(index, size, TiledHashReader(log_.evidence(), size));
  if (!proof) return fail(proof.error());
  std::string receipt = format_receipt(leaf, *proof, head->note);
  const auto opened = open_receipt(receipt, WitnessPolicy::logs_only(log_.keys()));
  if (!opened)
    return fail(ErrorKind::kCorrupt, "receipt_wrong", "what is stored does not prove itself: " + opened.error().code);
  return receipt;
}

bool ReceiptHandler::may_have(const Principal& principal, const Event& event) const {
  // A receipt with reasons in it is not for those who may not know why (auth/permissions).
  if (const auto* run = std::get_if<FilterRun>(&event.body)) {
    const bool tells_reasons = !run->details || run->details->told == RunTold::kReasons;
    if (tells_reasons && !may(principal.role, Action::kFilterReasons)) return false;
  }
  if (event.caller == principal.id) return true;
  if (principal.role == Role::kAuditorMinister || principal.role == Role::kAuditorPpc) return true;
  const auto book = book_();
  if (book == nullptr) return false;
  const auto submitter = book->callers.find(event.caller);
  const bool known = submitter != book->callers.end();
  const auto mine = [&](const std::string& holder) {
    if (holder.empty()) return false;
    if (principal.role == Role::kAuditorGovernor) return check_holder(principal, *book, holder).has_value();
    return !principal.holder.empty() &&
           book->current_institution(principal.holder) == book->current_institution(holder);
  };
  if (mine(holder_named_in(event.body)) || (known && mine(submitter->second.holder))) return true;
  return known && !principal.recipient.empty() && !submitter->second.recipient.empty() &&
         book->current_operator(principal.recipient) == book->current_operator(submitter->second.recipient);
}

}  // namespace ishi::api
