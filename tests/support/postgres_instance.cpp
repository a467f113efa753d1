#include "tests/support/postgres_instance.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ishi::testing {
namespace {

namespace fs = std::filesystem;

std::string find_programs() {
  if (const char* chosen = std::getenv("ISHI_POSTGRES_BIN")) return chosen;
  std::vector<std::string> found;
  if (fs::exists("/usr/lib/postgresql")) {
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql")) {
      if (fs::exists(version.path() / "bin/initdb")) found.push_back((version.path() / "bin").string());
    }
  }
  if (found.empty())
    throw std::runtime_error("no PostgreSQL server programs; install postgresql or set ISHI_POSTGRES_BIN");
  return *std::max_element(found.begin(), found.end());
}

std::string make_folder() {
  std::string pattern = (fs::temp_directory_path() / "ishi-postgres-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0) {
      throw std::runtime_error("as root, the cluster runs as the user postgres, who does not exist");
    }
  }
  return pattern;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string shell_word(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

// Cleans up when the write end of its pipe closes, which the kernel sees to however we end.
int start_watchdog(const std::string& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
  const std::string script =
      "cat >/dev/null; pid=$(head -n 1 " + folder +
      "/data/postmaster.pid 2>/dev/null); "
      "if [ -n \"$pid\" ]; then kill -QUIT $pid; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
      "kill -0 $pid 2>/dev/null || break; sleep 0.1; done; kill -9 $pid; fi 2>/dev/null; rm -rf " +
      folder;
  std::string shell = "/bin/sh", flag = "-c", text = script;
  char* arguments[] = {shell.data(), flag.data(), text.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  pid_t child = 0;
  const int error = posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[0]);
  if (error != 0) throw std::runtime_error("cannot start the watchdog");
  return ends[1];
}

pid_t server_pid(const std::string& folder) {
  std::istringstream text(read_file(fs::path(folder) / "data/postmaster.pid"));
  pid_t pid = 0;
  text >> pid;
  return pid;
}

// The server and every process it has started, from /proc.
std::vector<pid_t> family_of(pid_t parent) {
  std::vector<pid_t> family = {parent};
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = read_file(entry.path() / "stat");
    const std::size_t end_of_name = stat.rfind(')');
    if (end_of_name == std::string::npos) continue;
    std::istringstream fields(stat.substr(end_of_name + 1));
    std::string state;
    pid_t its_parent = 0;
    fields >> state >> its_parent;
    if (its_parent == parent) family.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return family;
}

}  // namespace

PostgresInstance& PostgresInstance::shared() {
  static PostgresInstance instance;
  return instance;
}

PostgresInstance::PostgresInstance() : PostgresInstance(Options()) {}

PostgresInstance::PostgresInstance(const Options& options)
    : folder_(make_folder()), programs_(find_programs()), settings_(options.settings) {
  watchdog_pipe_ = start_watchdog(folder_);
  settings_.push_back("listen_addresses=");
  settings_.push_back("unix_socket_directories=" + folder_);
  settings_.push_back(options.fsync ? "fsync=on" : "fsync=off");
  if (options.standby_of) {
    if (!options.name.empty()) settings_.push_back("cluster_name=" + options.name);
    settings_.push_back("wal_receiver_status_interval=1");
    run(programs_ + "/pg_basebackup --no-sync -c fast -X stream -R -h " + options.standby_of->folder_ +
        " -U postgres -D " + folder_ + "/data");
  } else {
    run(programs_ + "/initdb --no-sync -A trust -U postgres -E UTF8 --locale=C -D " + folder_ + "/data");
  }
  start();
}

PostgresInstance::~PostgresInstance() {
  thaw();
  close(watchdog_pipe_);
}

std::string PostgresInstance::run(const std::string& command) const {
  const std::string output = folder_ + "/output." + std::to_string(getpid());
  const std::string as_user = geteuid() == 0 ? "runuser -u postgres -- " : "";
  const std::string line =
      "cd / && " + as_user + "/bin/sh -c " + shell_word(command) + " >" + output + " 2>&1 </dev/null";
  const int status = std::system(line.c_str());
  const std::string text = read_file(output);
  if (status != 0) throw std::runtime_error(command + "\n" + text + read_file(folder_ + "/server.log"));
  return text;
}

std::string PostgresInstance::connection_string(const std::string& database) const {
  return "host=" + folder_ + " user=postgres dbname=" + database;
}

std::string PostgresInstance::create_database() {
  const std::string name = "ishi_" + std::to_string(++databases_);
  sql(connection_string(), "create database " + name);
  return connection_string(name);
}

std::string PostgresInstance::sql(const std::string& connection_string, const std::string& text) const {
  return run(programs_ + "/psql -X -q -A -t -v ON_ERROR_STOP=1 -d " + shell_word(connection_string) + " -c " +
             shell_word(text));
}

void PostgresInstance::wait_for_standbys(const std::string& synchronous_standby_names) const {
  std::string quoted;
  for (const char c : synchronous_standby_names) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  sql(connection_string(), "alter system set synchronous_standby_names = '" + quoted + "'");
  sql(connection_string(), "select pg_reload_conf()");
}

void PostgresInstance::promote() {
  run(programs_ + "/pg_ctl -w -t 60 -D " + folder_ + "/data promote");
}

void PostgresInstance::start() {
  std::string settings;
  for (const std::string& setting : settings_) settings += " -c " + shell_word(setting);
  run(programs_ + "/pg_ctl -w -t 60 -D " + folder_ + "/data -l " + folder_ + "/server.log -o " + shell_word(settings) +
      " start");
}

void PostgresInstance::stop() {
  run(programs_ + "/pg_ctl -w -t 60 -m fast -D " + folder_ + "/data stop");
}

void PostgresInstance::back_up(const std::string& name) {
  run("rm -rf " + folder_ + "/" + name + " && " + programs_ + "/pg_basebackup --no-sync -c fast -U postgres -h " +
      folder_ + " -D " + folder_ + "/" + name);
}

void PostgresInstance::restore(const std::string& name) {
  if (fs::exists(fs::path(folder_) / "data/postmaster.pid")) stop();
  run("rm -rf " + folder_ + "/data && cp -a " + folder_ + "/" + name + " " + folder_ + "/data");
  start();
}

void PostgresInstance::kill_hard() {
  const pid_t server = server_pid(folder_);
  if (server <= 1) throw std::runtime_error("the server does not run");
  const std::vector<pid_t> family = family_of(server);
  for (const pid_t pid : family) kill(pid, SIGKILL);
  const auto gone = [](pid_t pid) {
    const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    return stat.empty() || stat.find(") Z ") != std::string::npos;
  };
  for (int i = 0; i < 1'000 && !std::all_of(family.begin(), family.end(), gone); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  // Where nobody collects dead processes, their numbers still look alive to the next server. They are dead.
  fs::remove(fs::path(folder_) / "data/postmaster.pid");
  fs::remove(fs::path(folder_) / ".s.PGSQL.5432.lock");
}

void PostgresInstance::restart_immediately() {
  run(programs_ + "/pg_ctl -w -t 60 -m immediate -D " + folder_ + "/data stop");
  start();
}

void PostgresInstance::freeze() {
  const pid_t server = server_pid(folder_);
  if (server <= 1) throw std::runtime_error("the server does not run");
  kill(server, SIGSTOP);  // first, so that it starts nobody new
  frozen_ = family_of(server);
  for (const pid_t pid : frozen_) kill(pid, SIGSTOP);
}

void PostgresInstance::thaw() {
  for (const pid_t pid : std::exchange(frozen_, {})) kill(pid, SIGCONT);
}

}  // namespace ishi::testing
