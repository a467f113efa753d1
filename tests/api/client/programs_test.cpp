// The programs as a shell starts them: which commands they know, what their help says, how one starts another, and what
// each is linked to.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/api/client/temporary_folder.h"
#include "tests/support/paths.h"

namespace ishi::client {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;
const std::string kBin = ishi::testing::binary_folder() + "/bin";
const std::string kClean = "env -i PATH=/usr/bin:/bin HOME=/tmp LC_ALL=C.UTF-8 ";

struct Ran {
  int status = -1;
  std::string out, err;
};

Ran run(const std::string& command) {
  const TemporaryFolder folder;
  const std::string line = "( " + command + " ) > " + folder.path("out") + " 2> " + folder.path("err") + " < /dev/null";
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, folder.read("out"), folder.read("err")};
}
Ran run_program(const std::string& words) {
  return run(kClean + kBin + "/" + words);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Names matches_of(const std::string& text, const std::regex& wanted) {
  Names found;
  for (std::sregex_iterator match(text.begin(), text.end(), wanted), end; match != end; ++match)
    found.push_back((*match)[1]);
  return found;
}

std::string help_of(const std::string& command) {
  return run_program(command + " --help").out;
}

Names subcommands_in(const std::string& help) {
  const std::size_t begin = help.find("Subcommands:\n");
  if (begin == std::string::npos) return {};
  return matches_of(help.substr(begin, help.find("\n\n", begin) - begin), std::regex("\n  ([a-z-]+) "));
}

void collect(const std::string& command, std::map<std::string, std::string>& helps) {
  const std::string help = help_of(command);
  helps[command] = help;
  for (const std::string& name : subcommands_in(help)) collect(command + " " + name, helps);
}

std::map<std::string, std::string> all_helps() {
  std::map<std::string, std::string> helps;
  for (const char* program : {"ishi", "ishi-admin", "ishi-synth", "ishi-witness", "ishid"}) collect(program, helps);
  return helps;
}

TEST(Programs, EveryCommandShowsAnExample) {
  const auto helps = all_helps();
  EXPECT_GT(helps.size(), 35u);
  for (const char* command : {"ishi filter", "ishi audit fsck", "ishi audit replay", "ishi-admin policy publish"})
    EXPECT_TRUE(helps.contains(command)) << command;
  for (const auto& [command, help] : helps) EXPECT_TRUE(contains(help, "\nExample")) << command << ":\n" << help;
}

// Of the commands an example shows: which, and with which options.
TEST(Programs, ExamplesNameOptionsThatExist) {
  const std::regex option("[ \n](--[a-z-]+)");
  std::size_t shown = 0;
  for (const auto& [command, help] : all_helps()) {
    const std::size_t begin = help.find("\nExample");
    if (begin == std::string::npos) continue;
    const std::string example = std::regex_replace(help.substr(begin + 1), std::regex("\\\\\n"), "");
    for (const std::string& line : matches_of(example, std::regex("\n  (ishid?[^\n]*)"))) {
      std::smatch words;
      ASSERT_TRUE(std::regex_search(line, words, std::regex("^ishi[a-z-]*(?: [a-z]+(?= |$))*"))) << line;
      const std::string its_help = help_of(words[0]);
      EXPECT_FALSE(its_help.empty()) << line;
      for (const std::string& name : matches_of(line, option)) {
        ++shown;
        EXPECT_TRUE(contains(its_help, name)) << command << " shows " << name << " in: " << line;
      }
    }
  }
  EXPECT_GT(shown, 60u);
}

TEST(Programs, HelpSaysWhatAUserTripsOver) {
  EXPECT_TRUE(contains(help_of("ishi audit"), "replay"));
  EXPECT_TRUE(contains(help_of("ishi filter"), "left out = F4"));
  EXPECT_TRUE(contains(help_of("ishi filter"), "--categories RECEIPT"));
  for (const char* program : {"ishi", "ishid", "ishi-admin", "ishi-synth", "ishi-witness"}) {
    const Ran version = run_program(std::string(program) + " --version");
    EXPECT_EQ(version.status, 0);
    EXPECT_TRUE(std::regex_match(version.out, std::regex(std::string(program) + " [0-9.]+\n"))) << version.out;
  }
}

TEST(Programs, WhatRunsOnAPatientsMachineIsSmall) {
  const auto needed = [](const std::string& program) { return run("ldd " + kBin + "/" + program).out; };
  for (const char* library : {"libpq", "libpistache", "libhiredis", "libspdlog", "libprometheus"})
    EXPECT_FALSE(contains(needed("ishi"), library)) << library;
  EXPECT_TRUE(contains(needed("ishi"), "libcurl")) << "or ldd says nothing at all";
  EXPECT_TRUE(contains(needed("ishi-admin"), "libpqxx")) << "the name that the others may not show";
  EXPECT_TRUE(contains(needed("ishid"), "libpistache"));
  EXPECT_FALSE(contains(needed("ishi-witness"), "libpq"));
  for (const char* text : {"S-NATION", "select ishi."})
    EXPECT_NE(run("grep -aqF '" + std::string(text) + "' " + kBin + "/ishi").status, 0) << text;
  EXPECT_EQ(run("grep -aqF S-NATION " + kBin + "/ishi-synth").status, 0);
}

TEST(Programs, CommandsOfAnotherProgramKeepTheirArgumentsAndStatus) {
  const TemporaryFolder folder;
  const Ran made = run_program("ishi synth --scenario S-TINY --out '" + folder.path("a b") + "'");
  EXPECT_EQ(made.status, 0) << made.err;
  EXPECT_TRUE(contains(made.out, "people"));
  EXPECT_TRUE(contains(folder.read("a b/README.txt"), "S-TINY"));
  EXPECT_EQ(run_program("ishi synth --scenario S-NONE --out x").status, 2);
  EXPECT_EQ(run_program("ishi audit fsck --no-such-option").status, 2);
  EXPECT_EQ(run_program("ishi audit intake --no-such-option").status, 2);
  const Ran unreachable = run_program("ishi audit fsck --database 'host=/nonexistent dbname=x'");
  EXPECT_EQ(unreachable.status, 3);
  EXPECT_TRUE(contains(unreachable.err, "ishi audit: ")) << unreachable.err;
  EXPECT_EQ(run_program("ishi witness --state s --key no-such-file --log x").status, 2);
  const Ran replay = run_program("ishi-admin audit replay --help");
  EXPECT_EQ(replay.out, help_of("ishi audit replay"));
  const std::string key = folder.path("log.key");
  EXPECT_EQ(run_program("ishi-admin key generate --name a.example/log --out " + key).status, 0);
  EXPECT_EQ(run_program("ishi key rotate " + key).status, 0);
}

TEST(Programs, AProgramThatIsMissingIsNamed) {
  const TemporaryFolder folder;
  fs::copy_file(kBin + "/ishi", folder.path("ishi"));
  const std::string alone = "cd " + folder.path("") + " && env -i ";
  for (const auto& [command, program] :
       {std::pair("audit fsck", "ishi-admin"), {"synth", "ishi-synth"}, {"witness", "ishi-witness"}}) {
    const Ran ran = run(alone + "PATH=/usr/bin ./ishi " + command);
    EXPECT_EQ(ran.status, 127);
    EXPECT_TRUE(contains(ran.err, std::string("the program ") + program + ",")) << ran.err;
  }
  EXPECT_EQ(run(alone + "./ishi verify --help").status, 0) << "which needs no other program";
  EXPECT_EQ(run(alone + "./ishi audit replay --help").status, 0);
  EXPECT_EQ(run(alone + "PATH=/nonexistent:" + kBin + " ./ishi synth --help").status, 0) << "found by PATH";
  fs::create_directory(folder.path("here"));
  folder.write("here/ishi-synth", "#!/bin/sh\nexit 0\n");
  fs::permissions(folder.path("here/ishi-synth"), fs::perms::owner_all);
  EXPECT_EQ(run(alone + "PATH=here:: ./ishi synth --help").status, 127) << "never from a relative folder";
}

// The other program takes the place of `ishi`: who waits for it and who interrupts it meets the same process.
TEST(Programs, AnInterruptEndsTheOtherProgram) {
  const TemporaryFolder folder;
  const std::string program = kBin + "/ishi", out = folder.path("city");
  const pid_t pid = fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(program.c_str(), "ishi", "synth", "--scenario", "S-CITY", "--out", out.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  const auto is_other = [&] {
    return fs::read_symlink("/proc/" + std::to_string(pid) + "/exe").filename() == "ishi-synth";
  };
  for (int i = 0; i < 500 && !is_other(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(is_other());
  kill(pid, SIGINT);
  int status = 0;
  ASSERT_EQ(waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
}

// What bash offers when the last of these words is being written.
Names completed(const std::string& program, const std::string& words) {
  const std::string function = "_" + std::regex_replace(program, std::regex("-"), "_");
  const Ran ran =
      run(kClean + "bash -c 'PATH=" + kBin + ":$PATH; source <(" + program + " completion bash); COMP_WORDS=(" + words +
          "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); " + function + "; printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
  EXPECT_EQ(ran.err, "") << words;
  Names offered;
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) offered.push_back(line);
  return offered;
}

TEST(Programs, BashCompletesCommandsOptionsAndFiles) {
  const Ran known = run(kClean + "bash -c 'PATH=" + kBin + ":$PATH; source <(ishi completion bash); complete -p ishi'");
  EXPECT_EQ(known.out, "complete -F _ishi ishi\n") << known.err;
  EXPECT_EQ(completed("ishi", "ishi fil"), Names{"filter"});
  EXPECT_EQ(completed("ishi", "ishi filter --reg"), Names{"--regime"});
  EXPECT_EQ(completed("ishi", "ishi filter --regime NGMIA_ANON --hol"), Names{"--holder"});
  EXPECT_EQ(completed("ishi", "ishi filter --regime f"), Names{}) << "a value that nobody here knows";
  EXPECT_EQ(completed("ishi", "ishi policy ch"), Names{"check"});
  EXPECT_EQ(completed("ishi", "ishi link --other-in"), Names{"--other-insurer"});
  EXPECT_EQ(completed("ishi", "ishi audit fs"), Names{"fsck"}) << "of another program: out of its help";
  EXPECT_EQ(completed("ishi", "ishi audit fsck --conf"), Names{"--config"});
  EXPECT_EQ(completed("ishi", "ishi synth --scen"), Names{"--scenario"});
  EXPECT_EQ(completed("ishi-admin", "ishi-admin audit reb"), Names{"rebuild"});
  const TemporaryFolder folder;
  const std::string file = folder.write("claims.uke", "");
  for (const char* before : {"ishi filter --in ", "ishi notice --file ", "ishi verify ", "ishi policy check "})
    EXPECT_EQ(completed("ishi", before + folder.path("cl")), Names{file}) << before;
}

// Listens on loopback, answers one request with `body`, and keeps what was asked.
class OneAnswer {
 public:
  explicit OneAnswer(std::string body) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this, body = std::move(body)] { answer(body); });
  }
  ~OneAnswer() {
    ::shutdown(socket_, SHUT_RDWR);  // ends an accept that nobody came to
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }
  const std::string& url() const { return url_; }
  std::string asked() {  // once
    thread_.join();
    return asked_;
  }

 private:
  void answer(const std::string& body) {
    const int client = ::accept(socket_, nullptr, nullptr);
    if (client < 0) return;
    std::smatch length;
    const std::regex wanted("Content-Length: ([0-9]+)", std::regex::icase);
    for (char block[4096];;) {
      const std::size_t head = asked_.find("\r\n\r\n");
      const std::size_t rest = std::regex_search(asked_, length, wanted) ? std::stoul(length[1]) : 0;
      if (head != std::string::npos && asked_.size() >= head + 4 + rest) break;
      const ssize_t got = ::recv(client, block, sizeof block, 0);
      if (got <= 0) break;
      asked_.append(block, static_cast<std::size_t>(got));
    }
    const std::string reply =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\nConnection: close\r\n\r\n" + body;
    EXPECT_EQ(::send(client, reply.data(), reply.size(), MSG_NOSIGNAL), static_cast<ssize_t>(reply.size()));
    ::close(client);
  }
  int socket_;
  std::string url_, asked_;
  std::thread thread_;
};

const std::string kStatus = "/ishi status --regime R --token 00112233445566778899aabbccddeeff --server ";

TEST(Programs, TheServerIsAskedInTheUsersLanguage) {
  for (const auto& [locale, language] : {std::pair("LANG=ja_JP.UTF-8", "ja"),
                                         {"LANG=en_US.UTF-8", "en"},
                                         {"LANG=en_US.UTF-8 LC_ALL=ja_JP.UTF-8", "ja"}}) {
    OneAnswer server("{}");
    EXPECT_EQ(run(std::string("env -i ") + locale + " " + kBin + kStatus + server.url()).status, 0);
    EXPECT_TRUE(contains(server.asked(), std::string("Accept-Language: ") + language + "\r\n")) << locale;
  }
}

TEST(Programs, RemarksOnAcceptedLinesAreShown) {
  const std::string line = R"("status":"accepted","receipt":7,"flags":["check_digit"]})";
  OneAnswer one(R"({"position":8,"results":[{"line":1,)" + line + "]}");
  const Ran single = run_program("ishi death --date 2026-04-01 --id 1:2:3: --server " + one.url());
  EXPECT_EQ(single.status, 0) << single.err;
  EXPECT_EQ(single.out, "accepted 1, rejected 0, position 8\nreceipt 7\n  check_digit\n");
  const TemporaryFolder folder;
  OneAnswer many(R"({"position":8,"results":[{"line":2,)" + line + "]}");
  const Ran file =
      run_program("ishi death --file " + folder.write("a.csv", "token,date\nx,y\n") + " --server " + many.url());
  EXPECT_EQ(file.status, 0) << file.err;
  EXPECT_EQ(file.out, "accepted 1, rejected 0, position 8\naccepted with a remark 1\n  line 2: check_digit\n");
}

// Nothing listens on port 9: a run that got so far would end with 3.
TEST(Programs, WhatMakesNoSenseIsSaidBeforeAnythingIsSent) {
  const std::string server = " --server http://127.0.0.1:9 ";
  const TemporaryFolder folder;
  const std::string file = folder.write("a.csv", "token,date\nx,y\n");
  const auto refused = [&](const std::string& words, const std::string& why) {
    const Ran ran = run_program("ishi " + words + server);
    EXPECT_EQ(ran.status, 2) << words << ": " << ran.err;
    EXPECT_TRUE(contains(ran.err, why)) << words << ": " << ran.err;
  };
  refused("filter --regime R --key-file no-such-file --in " + file + " --out " + folder.path("out"), "--key-file: ");
  refused("death --key-file no-such-file --file " + file, "--key-file: ");
  refused("notice --file " + file + " --holder 1312345679 --date 2026-04-01", ": --holder --date");
  refused("death --file " + file + " --insurer 01130012", "the person");
  refused("link --file " + file + " --other-branch 01", "the other person");
  refused("death --file " + file + " --receipt " + file, "--receipt must not be the file of --file");
  refused("death --id 1:2:3: --date 2026-04-01 --receipt " + folder.path("no/such/folder"), "output_unwritable");
  refused("filter --regime R --in " + file + " --out " + file, "--out must not be the file of --in");
  refused("filter --regime R --in " + file + " --out " + folder.path("o") + " --report " + folder.path("o"),
          "--report must not be the file of --out");
  EXPECT_EQ(folder.names(), Names{"a.csv"});
}

}  // namespace
}  // namespace ishi::client
