#include <csignal>
#include <cstdio>

#include <CLI/CLI.hpp>

#include "api/server/wiring.h"

namespace {

// Blocked in every thread, so that only sigwait below meets them.
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int complain(const ishi::Error& error) {
  std::fprintf(stderr, "ishid: %s\n", error.detail.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("ishid: the Ishi registry's server. The manual of its options is ops/etc/ishi.toml.");
  std::string config_path;
  bool check_only = false, trust_database = false;
  app.add_option("--config", config_path, "configuration file (TOML)")->required();
  app.add_flag("--check-config", check_only, "read the configuration, complain or not, and leave");
  app.add_flag("--trust-database", trust_database,
               "start on a log that is not empty with no memory of it (evidence.memory_file); only on a database that "
               "is known to be the newest");
  app.set_version_flag("--version", "ishid " ISHI_VERSION);
  app.footer("Example:\n  ishid --config .ishi/ishi.toml --check-config");
  CLI11_PARSE(app, argc, argv);

  const auto config = ishi::api::read_config_file(config_path);
  if (!config) return complain(config.error());
  if (const auto good = ishi::api::check_config(*config); !good) return complain(good.error());
  if (check_only) return 0;

  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const ishi::api::Log log(ishi::api::parse_log_level(config->log.level));
  auto service = ishi::api::Service::start(*config, log, trust_database);
  if (!service) return complain(service.error());

  int signal = 0;
  sigwait(&signals, &signal);
  log.info("stopping", {{"signal", std::int64_t{signal}}});
  const bool whole = (*service)->stop();
  service->reset();
  log.info("stopped", {{"all_finished", whole}});
  return 0;
}
