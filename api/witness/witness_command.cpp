#include "api/witness/witness_command.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "api/host/system_clock.h"
#include "api/http/pistache_server.h"
#include "api/witness/witness.h"
#include "registry/notes/note_text.h"

namespace ishi::api {
namespace {

constexpr std::chrono::seconds kGrace{5};
constexpr int kDone = 0, kUsage = 2, kCannotListen = 3;

struct Flags {
  std::string listen = "127.0.0.1:8480", state, key_file;
  std::vector<std::string> logs;
};

int complain(const Error& error, int status) {
  std::fprintf(stderr, "ishi: %s [%s]\n", error.detail.c_str(), error.code.c_str());
  return status;
}

Result<ServerOptions> options_of(const std::string& listen) {
  ServerOptions options;
  const std::size_t colon = listen.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : parse_decimal(std::string_view(listen).substr(colon + 1));
  if (!port || *port > 65'535) return fail(ErrorKind::kInvalidArgument, "usage", "--listen: write address:port");
  options.address = listen.substr(0, colon);
  options.port = static_cast<std::uint16_t>(*port);
  options.reactors = 1;
  options.workers = 2;
  options.connections_max = 256;
  options.body_bytes_max_total = 64u << 20;
  options.reply_bytes_max_total = 64u << 20;
  return options;
}

Result<std::unique_ptr<Witness>> open_witness(const Flags& flags, const Clock& clock) {
  std::vector<VerifierKey> logs;
  for (const std::string& text : flags.logs) {
    auto key = VerifierKey::parse(text);
    if (!key) return fail(key.error());
    logs.push_back(*std::move(key));
  }
  auto keys = read_key_file(flags.key_file);
  if (!keys) return fail(keys.error());
  if (keys->signing.verifier().type() != NoteKeyType::kCosignature) {
    return fail(ErrorKind::kInvalidArgument, "usage", "--key: make it with ishi key generate --witness");
  }
  std::error_code error;
  std::filesystem::create_directories(flags.state, error);
  return Witness::open(flags.state, *std::move(keys), std::move(logs), clock);
}

int run(const Flags& flags) {
  const SystemClock clock;
  const auto options = options_of(flags.listen);
  const auto witness = options ? open_witness(flags, clock) : Result<std::unique_ptr<Witness>>(fail(options.error()));
  if (!witness) return complain(witness.error(), kUsage);
  // Blocked before any thread is made, so that all inherit it and sigwait alone takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Router router([](const Request&) { return Result<Principal>(Principal{"anonymous", Role::kPublic, "", "", ""}); });
  add_witness_routes(router, **witness);
  PistacheServer server(*options, router);
  if (const auto started = server.start(); !started) return complain(started.error(), kCannotListen);
  std::printf("listening on port %u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  server.stop(std::chrono::duration_cast<std::chrono::milliseconds>(kGrace));
  return kDone;
}

}  // namespace

int run_witness(int argc, char** argv) {
  CLI::App app("cosign the checkpoints of logs that only grow (c2sp.org/tlog-witness)", "ishi witness");
  Flags flags;
  app.set_version_flag("--version", "ishi-witness " ISHI_VERSION);
  app.add_option("--listen", flags.listen, "address:port; put nginx in front for the outside")->capture_default_str();
  app.add_option("--state", flags.state, "folder that remembers what was cosigned; never lose it")->required();
  app.add_option("--log", flags.logs, "public key of a log (a line of its /log/vkey); may be repeated")->required();
  app.add_option("--key", flags.key_file, "this witness's key file (ishi key generate --witness)")
      ->type_name("FILE")
      ->required();
  app.footer(
      "Example, until Ctrl-C:\n"
      "  ishi key generate --witness --name witness.example --out witness.key\n"
      "  ishi witness --state witness.state --key witness.key --log \"$(cat .ishi/registry.vkey)\"");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return run(flags);
}

}  // namespace ishi::api
