#include "tests/system/stack.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <nlohmann/json.hpp>

#include "api/client/runs/write_run.h"
#include "api/synth/synth_command.h"
#include "registry/policy/reading/policy_text.h"
#include "tests/support/paths.h"

namespace ishi::testing {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Stack::Stack(double scale, std::uint64_t seed, std::string option)
    : postgres_(std::make_unique<PostgresInstance>()), option_(std::move(option)) {
  char pattern[] = "/tmp/ishi-stack-XXXXXX";
  if (!mkdtemp(pattern)) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  database_ = postgres_->create_database();
  synth::SynthRequest request;
  request.world.scenario = synth::Scenario::kCity;
  request.world.scale = scale;
  request.world.seed = seed;
  request.world.profile = option_;
  request.directory = world();
  if (const auto made = synth::make_world(request); !made) throw std::runtime_error(made.error().detail);
  const auto keys = nlohmann::json::parse(read_file(world() + "/keys.json"));
  for (const auto& caller : keys.at("callers")) keys_[caller.at("id")] = caller.at("key");
  std::ofstream(folder_ + "/token.key") << std::string(64, '5');
  std::filesystem::permissions(folder_ + "/token.key",
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

Stack::~Stack() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string Stack::key_of(const std::string& caller) const {
  return keys_.at(caller);
}

std::unique_ptr<client::HttpClient> Stack::client(const Server& server, const std::string& caller) const {
  auto connected = client::connect({.server = server.url(), .key = caller.empty() ? "" : key_of(caller)});
  if (!connected) throw std::runtime_error(connected.error().detail);
  return std::move(*connected);
}

std::vector<std::string> Stack::policy_files() const {
  std::vector<std::string> files = {ishi::testing::source_folder() + "/ops/policy/regimes.toml",
                                    ishi::testing::source_folder() + "/ops/policy/" + option_ + ".toml",
                                    world() + "/policy.toml"};
  files.insert(files.end(), more_policy_.begin(), more_policy_.end());
  return files;
}

std::shared_ptr<const PolicyBook> Stack::book() const {
  std::vector<PolicyDocument> documents;
  for (const auto& path : policy_files()) documents.push_back({path, read_file(path)});
  auto reading = read_policy(documents);
  if (!reading.book) throw std::runtime_error("policy: " + reading.complaints.front().message);
  return reading.book;
}

std::uint64_t Stack::load(const Server& server, const std::string& kind, const std::string& file) {
  const auto connection = client(server, "registry-ops");
  client::WriteReport report;
  const auto written =
      client::write_file(world() + "/" + file, {.kind = kind}, *connection, client::usual_patience(), report);
  if (!written) throw std::runtime_error(file + ": " + written.error().code + ": " + written.error().detail);
  return report.accepted;
}

void Stack::load_everything(const Server& server) {
  const std::pair<const char*, const char*> batches[] = {
      {"links", "links.csv"},       {"notices", "notices.csv"},
      {"visits", "visits.csv"},     {"notices", "notices_voided.csv"},
      {"deaths", "deaths.csv"},     {"objections", "objections.csv"},
      {"consents", "consents.csv"}, {"withdrawals", "withdrawals.csv"},
      {"splits", "splits.csv"}};
  for (const auto& [kind, file] : batches)
    if (std::filesystem::exists(world() + "/" + file)) load(server, kind, file);
}

void Stack::sign_checkpoints(std::vector<std::string> witnesses) {
  const Ran made = run("key generate --name stack.example/log --out " + folder_ + "/log.key");
  if (made.status != 0 && !std::filesystem::exists(folder_ + "/log.key")) throw std::runtime_error(made.text);
  evidence_ = "[evidence]\nkey_file = \"log.key\"\nwitnesses = [";
  for (const std::string& witness : witnesses) evidence_ += "\"" + witness + "\", ";
  evidence_ += "]\n";
}

std::string Stack::log_key_file(const Server& server) const {
  const auto reply = client(server, "")->send({.method = "GET", .target = "/log/vkey"});
  if (!reply || reply->status != 200) throw std::runtime_error("no /log/vkey");
  std::ofstream(folder_ + "/log.vkey") << reply->body;
  return folder_ + "/log.vkey";
}

Stack::Ran Stack::run(const std::string& arguments, const Server* server, const std::string& caller) const {
  std::string command = "LC_ALL=C.UTF-8 ";
  if (server != nullptr) command += "ISHI_SERVER=" + server->url() + " ";
  if (!caller.empty()) command += "ISHI_KEY=" + key_of(caller) + " ";
  command += ishi::testing::binary_folder() + "/bin/ishi " + arguments + " 2>&1";
  Ran ran;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run ishi");
  char block[4096];
  for (std::size_t got = 0; (got = std::fread(block, 1, sizeof block, pipe)) > 0;) ran.text.append(block, got);
  const int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

Stack::Server::Server(Stack& stack, int number, const std::string& sections, const std::string& database)
    : stack_(stack), name_("server" + std::to_string(number)), log_path_(stack.folder() + "/" + name_ + ".log") {
  std::ofstream config(stack.folder() + "/" + name_ + ".toml");
  const std::string usual = "connection = \"" + stack.database() + "\"\n";
  config << "[listen]\nport = 0\n[database]\n"
         << (database.empty() ? usual : database) << "migrate_connection = \"" << stack.database()
         << "\"\nrole = \"ishi_service\"\n[tokens]\nkey_id = \"test\"\nkey_file = \"token.key\"\n[policy]\nfiles = [";
  for (const auto& path : stack.policy_files()) config << "\"" << path << "\", ";
  config << "]\n" << stack.evidence_;
  if (!stack.evidence_.empty()) config << "memory_file = \"" << name_ << ".memory\"\n";
  config << sections;
}

Stack::Server::~Server() {
  if (pid_ > 0) kill_hard();
}

std::string Stack::Server::log_text() const {
  return read_file(log_path_);
}

void Stack::Server::configure(const std::string& toml) {
  std::ofstream(stack_.folder() + "/" + name_ + ".toml", std::ios::app) << toml;
}

void Stack::Server::start() {
  start(true);
}

void Stack::Server::launch() {
  start(false);
}

void Stack::Server::start(bool until_ready) {
  const std::string config = stack_.folder() + "/" + name_ + ".toml";
  // Without a key of the log it is a demo's server, and says so.
  if (read_file(config).find("[evidence]") == std::string::npos) configure("[evidence]\nrequired = \"no\"\n");
  std::ofstream{log_path_, std::ios::trunc};  // it is read before a busy machine has let the child make it
  const std::string program = ishi::testing::binary_folder() + "/bin/ishid";
  const std::string clock_library = ishi::testing::binary_folder() + "/tests/system/libishi_stepped_clock.so";
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that dies takes its servers with it
    const int log = open(log_path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(log, 2);
    if (!clock_file_.empty()) {
      setenv("LD_PRELOAD", clock_library.c_str(), 1);
      setenv("ISHI_STEPPED_CLOCK", clock_file_.c_str(), 1);
    }
    execl(program.c_str(), program.c_str(), "--config", config.c_str(),
          trusts_database_ ? "--trust-database" : static_cast<char*>(nullptr), static_cast<char*>(nullptr));
    _exit(127);
  }
  port_ = 0;
  for (int tries = 0; tries < 1200; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("ishid ended at start:\n" + log_text());
    }
    if (port_ == 0) {
      std::istringstream lines(log_text());
      for (std::string line; std::getline(lines, line);) {
        if (line.find("\"listening\"") == std::string::npos) continue;
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (json.is_object() && json.contains("port")) port_ = json["port"].get<int>();
      }
      if (port_ == 0) continue;
    }
    if (!until_ready) return;
    const auto connection = client::connect({.server = url()});
    const auto reply = (*connection)->send({.method = "GET", .target = "/readyz"});
    if (reply && reply->status == 200) return;
  }
  throw std::runtime_error("ishid did not become ready:\n" + log_text());
}

void Stack::Server::kill_hard() {
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void Stack::Server::freeze() {
  ::kill(pid_, SIGSTOP);
}

void Stack::Server::thaw() {
  ::kill(pid_, SIGCONT);
}

int Stack::Server::stop() {
  ::kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return status;
}

}  // namespace ishi::testing
