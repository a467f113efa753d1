#include <curl/curl.h>

#include <memory>
#include <mutex>

#include "api/http_client/http_client.h"

namespace ishi::client {
namespace {

struct CurlCloser {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Intake {
  HttpReply reply;
  std::size_t bytes_max = 0;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& intake = *static_cast<Intake*>(user);
  if (intake.reply.body.size() + size > intake.bytes_max) {
    intake.too_large = true;
    return 0;
  }
  intake.reply.body.append(data, size);
  return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
  constexpr std::size_t kHeadersMax = 200;
  auto& intake = *static_cast<Intake*>(user);
  std::string_view line(data, size);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) intake.reply.headers.clear();  // of an interim answer
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || intake.reply.headers.size() >= kHeadersMax) return size;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  intake.reply.headers.emplace_back(std::string(line.substr(0, colon)), std::string(value));
  return size;
}

class CurlClient final : public HttpClient {
 public:
  CurlClient(CURL* handle, ConnectionOptions options) : handle_(handle), options_(std::move(options)) {}

  Result<HttpReply> send(const HttpRequest& request) override {
    Intake intake;
    intake.bytes_max = options_.reply_bytes_max;
    const std::unique_ptr<curl_slist, ListCloser> headers(header_list(request));
    char reason[CURL_ERROR_SIZE] = "";
    prepare(request, intake, headers.get(), reason);
    const CURLcode code = curl_easy_perform(handle_.get());
    curl_easy_setopt(handle_.get(), CURLOPT_ERRORBUFFER, nullptr);
    if (intake.too_large)
      return fail(ErrorKind::kUnavailable, "reply_too_large", "the server's reply is beyond the bound");
    if (code != CURLE_OK) {
      const std::string why = reason[0] != '\0' ? reason : curl_easy_strerror(code);
      return fail(ErrorKind::kUnavailable, "server_unreachable", options_.server + ": " + why);
    }
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    intake.reply.status = static_cast<int>(status);
    return std::move(intake.reply);
  }

 private:
  curl_slist* header_list(const HttpRequest& request) const {
    curl_slist* list = nullptr;
    const auto add = [&](const std::string& line) { list = curl_slist_append(list, line.c_str()); };
    add("Connection: keep-alive");  // the server closes without it
    add("Expect:");                 // and does not answer 100-continue
    if (!request.content_type.empty()) add("Content-Type: " + request.content_type);
    if (!options_.key.empty()) add("Authorization: Bearer " + options_.key);
    if (!options_.language.empty()) add("Accept-Language: " + options_.language);
    for (const auto& [name, value] : request.headers) add(name + ": " + value);
    return list;
  }

  void prepare(const HttpRequest& request, Intake& intake, curl_slist* headers, char* reason) {
    CURL* const handle = handle_.get();
    curl_easy_reset(handle);  // keeps the connection
    curl_easy_setopt(handle, CURLOPT_URL, (options_.server + request.target).c_str());
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options_.connect_wait_max.count()));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT, static_cast<long>(options_.exchange_wait_max.count()));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &intake);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, &intake);
    if (request.method == "POST") {
      curl_easy_setopt(handle, CURLOPT_POST, 1L);
      curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    } else {
      curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (!options_.authority_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, options_.authority_file.c_str());
    if (!options_.certificate_file.empty()) {
      curl_easy_setopt(handle, CURLOPT_SSLCERT, options_.certificate_file.c_str());
      curl_easy_setopt(handle, CURLOPT_SSLKEY, options_.certificate_key_file.c_str());
    }
  }

  std::unique_ptr<CURL, CurlCloser> handle_;
  ConnectionOptions options_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> connect(const ConnectionOptions& options) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  if (!options.server.starts_with("http://") && !options.server.starts_with("https://")) {
    return fail(ErrorKind::kInvalidArgument, "server_address", "--server: write http://host:port or https://host");
  }
  if (options.key.find_first_of("\r\n") != std::string::npos) {
    return fail(ErrorKind::kInvalidArgument, "key_format", "the API key has a line break in it");
  }
  CURL* const handle = curl_easy_init();
  if (handle == nullptr) return fail(ErrorKind::kUnavailable, "curl", "libcurl cannot be started");
  ConnectionOptions kept = options;
  while (kept.server.ends_with('/')) kept.server.pop_back();
  return std::make_unique<CurlClient>(handle, std::move(kept));
}

}  // namespace ishi::client
