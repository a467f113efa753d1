// A Pistache route that does nothing: what single checks are measured against. bare_route PORT.
#include <pistache/endpoint.h>

#include <csignal>
#include <cstdlib>

namespace {

class Nothing final : public Pistache::Http::Handler {
  HTTP_PROTOTYPE(Nothing)
  void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter response) override {
    response.send(Pistache::Http::Code::Ok, "{\"decision\":\"ALLOW\"}\n");
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);
  Pistache::Http::Endpoint endpoint(Pistache::Address("127.0.0.1", Pistache::Port(port)));
  constexpr std::size_t kBodyBytesMax = std::size_t{64} << 20;
  endpoint.init(Pistache::Http::Endpoint::options()
                    .threads(2)
                    .maxRequestSize(kBodyBytesMax)
                    .flags(Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay));
  endpoint.setHandler(Pistache::Http::make_handler<Nothing>());
  endpoint.serve();
}
