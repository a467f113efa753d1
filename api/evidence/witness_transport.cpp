#include "api/evidence/witness_transport.h"

#include "api/http_client/http_client.h"

namespace ishi::api {
namespace {

constexpr std::chrono::seconds kConnectWaitMax{2}, kExchangeWaitMax{5};
constexpr std::size_t kReplyBytesMax = 64 * 1024;

class HttpTransport final : public WitnessTransport {
 public:
  explicit HttpTransport(std::unique_ptr<client::HttpClient> http) : http_(std::move(http)) {}

  Result<WitnessReply> add_checkpoint(std::string_view body) override {
    client::HttpRequest request;
    request.target = "/add-checkpoint";
    request.content_type = "text/plain; charset=utf-8";
    request.body = body;
    auto reply = http_->send(request);
    if (!reply) return fail(reply.error());
    return WitnessReply{reply->status, std::string(reply->header("Content-Type")), std::move(reply->body)};
  }

 private:
  const std::unique_ptr<client::HttpClient> http_;
};

}  // namespace

Result<std::unique_ptr<WitnessTransport>> connect_to_witness(const std::string& prefix) {
  client::ConnectionOptions options;
  options.server = prefix;
  options.connect_wait_max = kConnectWaitMax;
  options.exchange_wait_max = kExchangeWaitMax;
  options.reply_bytes_max = kReplyBytesMax;
  auto http = client::connect(options);
  if (!http) return fail(http.error());
  return std::make_unique<HttpTransport>(*std::move(http));
}

}  // namespace ishi::api
