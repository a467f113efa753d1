// publish_log FOLDER: a log of 70,000 events, as its routes serve it, as files of the same names.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "api/evidence/log_handler.h"
#include "api/evidence/receipt_handler.h"
#include "tests/api/evidence/log_house.h"

namespace {

using namespace ishi;
using namespace ishi::api;

constexpr std::uint64_t kEarlier = 1'000, kSize = 70'000;

class Publisher {
 public:
  explicit Publisher(std::string folder) : folder_(std::move(folder)) {
    add_log_routes(router_, desk_, receipts_);
    house_.append(kEarlier);
    sign();
    save("/log/checkpoint", "earlier-checkpoint");
    house_.append(kSize - kEarlier);
    sign();
  }
  void save(const std::string& target, const std::string& name) {
    Request request;
    const Response response = router_.handle(target, request).response;
    if (response.status != 200) throw std::runtime_error(target + " answered " + std::to_string(response.status));
    const std::filesystem::path path = std::filesystem::path(folder_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << response.body;
  }

 private:
  void sign() {
    const auto done = round_.run();
    if (!done) throw std::runtime_error(done.error().detail);
  }
  const std::string folder_;
  testing::LogHouse house_;
  CheckpointPublisher round_{house_.keys, "", house_.log, house_.store};
  LogHandler desk_{house_.log, house_.store, house_.keys.verifiers};
  ReceiptHandler receipts_{desk_, [] { return nullptr; }};
  Router router_{[](const Request&) {
    return Result<Principal>(Principal{"clinic", Role::kDeskClerkHolder, "", "", ""});
  }};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    Publisher publisher(argv[1]);
    publisher.save("/log/checkpoint", "checkpoint");
    publisher.save("/log/vkey", "vkey");
    for (const Tile& tile : tiles_of(kSize)) publisher.save("/log/" + tile_path(tile), tile_path(tile));
    for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{273}}) {
      const std::string path = entries_path(index, tile_width(0, index, kSize));
      publisher.save("/log/" + path, path);
    }
    for (const char* index : {"0", "1", "255", "256", "65535", "65536", "69999"}) {
      publisher.save(std::string("/v1/proofs/inclusion?index=") + index, std::string("inclusion/") + index);
      publisher.save(std::string("/v1/receipts/") + index, std::string("receipts/") + index);
    }
    publisher.save("/v1/proofs/consistency?from=1000", "consistency");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "publish_log: %s\n", error.what());
    return 1;
  }
  return 0;
}
