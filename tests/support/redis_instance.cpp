#include "tests/support/redis_instance.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>

namespace ishi::testing {
namespace {

namespace fs = std::filesystem;

bool is_free(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return free;
}

int free_port() {  // with the cluster's own channel ten thousand above it
  std::random_device random;
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    const int port = 20'000 + static_cast<int>(random() % 12'000);
    if (is_free(port) && is_free(port + 10'000)) return port;
  }
  throw std::runtime_error("no free port");
}

}  // namespace

RedisInstance::RedisInstance(Options options) : options_(std::move(options)) {
  std::string pattern = (fs::temp_directory_path() / "ishi-redis-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
  folder_ = pattern;
  if (options_.cluster) port_ = free_port();
  start();
}

RedisInstance::~RedisInstance() {
  kill_hard();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void RedisInstance::start() {
  std::vector<std::string> words = {"redis-server", "--port",    std::to_string(port_),
                                    "--bind",       "127.0.0.1", "--unixsocket",
                                    socket(),       "--dir",     folder_,
                                    "--save",       "",          "--appendonly",
                                    "no",           "--logfile", folder_ + "/redis.log",
                                    "--daemonize",  "no"};
  if (options_.cluster) {
    for (const char* word : {"--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"})
      words.emplace_back(word);
  }
  words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("cannot fork");
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO), dup2(nothing, STDOUT_FILENO), dup2(nothing, STDERR_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  for (int i = 0; i < 1'000; ++i) {
    if (waitpid(process_, nullptr, WNOHANG) == process_) break;
    try {
      if (command("PING").starts_with("+PONG")) return;
    } catch (const std::runtime_error&) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("redis-server does not start; is it installed? see " + folder_ + "/redis.log");
}

void RedisInstance::kill_hard() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = 0;
  fs::remove(socket());
}

void RedisInstance::freeze() {
  kill(process_, SIGSTOP);
}

void RedisInstance::thaw() {
  kill(process_, SIGCONT);
}

std::string RedisInstance::command(const std::string& words) const {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket().c_str(), sizeof address.sun_path - 1);
  const std::string line = words + "\r\nQUIT\r\n";
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    close(fd);
    throw std::runtime_error("Redis does not listen");
  }
  std::string reply;
  char buffer[65'536];
  for (ssize_t size = 0; (size = read(fd, buffer, sizeof buffer)) > 0;)
    reply.append(buffer, static_cast<std::size_t>(size));
  close(fd);
  return reply.substr(0, reply.rfind("+OK\r\n"));
}

void RedisInstance::dump(const std::string& name) const {
  if (!command("SAVE").starts_with("+OK")) throw std::runtime_error("Redis does not save");
  fs::copy_file(folder_ + "/dump.rdb", folder_ + "/" + name, fs::copy_options::overwrite_existing);
}

void RedisInstance::restore(const std::string& name) {
  kill_hard();
  fs::copy_file(folder_ + "/" + name, folder_ + "/dump.rdb", fs::copy_options::overwrite_existing);
  start();
}

}  // namespace ishi::testing
