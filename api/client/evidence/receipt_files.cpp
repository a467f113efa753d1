#include "api/client/evidence/receipt_files.h"

#include "api/client/files/output_file.h"
#include "registry/assert.h"

namespace ishi::client {
namespace {

constexpr std::string_view kProofStart = "c2sp.org/tlog-proof@";
constexpr int kAttemptsMax = 20;

}  // namespace

bool begins_as_receipt(std::string_view text) {
  return text.starts_with(kProofStart);
}

std::vector<std::string_view> split_receipts(std::string_view text) {
  ISHI_ASSERT(begins_as_receipt(text));
  std::vector<std::string_view> receipts;
  const std::string next_start = "\n" + std::string(kProofStart);
  while (!text.empty()) {
    const std::size_t before = text.find(next_start);
    const std::size_t size = before == std::string_view::npos ? text.size() : before + 1;
    receipts.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return receipts;
}

Result<std::string> fetch_receipt(HttpClient& client, const Patience& patience, EventIndex index) {
  HttpRequest request;
  request.method = "GET";
  request.target = "/v1/receipts/" + std::to_string(index.value());
  Patience longer = patience;
  longer.attempts_max = kAttemptsMax;
  auto reply = send_patiently(client, request, longer);
  if (!reply) return fail(reply.error());
  if (reply->status != 200) return fail(error_of(*reply));
  if (!begins_as_receipt(reply->body) || !reply->body.ends_with('\n'))
    return fail(ErrorKind::kCorrupt, "answer_broken", "what the server sent as a receipt is none");
  return std::move(reply->body);
}

Result<void> save_receipts(HttpClient& client, const Patience& patience, std::span<const EventIndex> indexes,
                           const std::string& path) {
  if (indexes.size() > kReceiptsMax) {
    return fail(
        ErrorKind::kTooLarge, "too_many_receipts",
        "one file takes " + std::to_string(kReceiptsMax) + " receipts; fetch them in portions with ishi receipt");
  }
  auto file = OutputFile::create(path);
  if (!file) return fail(file.error());
  for (const EventIndex index : indexes) {
    const auto receipt = fetch_receipt(client, patience, index);
    if (!receipt) {
      Error error = receipt.error();
      error.detail = "receipt " + std::to_string(index.value()) + ": " + error.detail;
      return fail(std::move(error));
    }
    if (const auto written = (*file)->write(*receipt); !written) return written;
  }
  if (const auto sealed = (*file)->seal(); !sealed) return sealed;
  return (*file)->publish();
}

}  // namespace ishi::client
