#include "api/server/config.h"
#include "tests/support/paths.h"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace ishi::api {
namespace {

std::string manual() {
  std::ifstream file(ishi::testing::source_folder() + "/ops/etc/ishi.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string complaint_about(std::string_view text) {
  const auto config = parse_config(text, "ishi.toml", ".");
  return config ? "" : config.error().detail;
}

TEST(Config, WithoutEvidenceAServerMustSayThatItIsADemo) {
  Config config;
  ASSERT_FALSE(check_config(config));
  EXPECT_EQ(check_config(config).error().code, "evidence_required");
  config.evidence.required = "no";
  EXPECT_TRUE(check_config(config));
  config.evidence.required = "yes";
  config.evidence.key_file = "log.key";
  EXPECT_TRUE(check_config(config));
  config.evidence.memory_file.clear();
  EXPECT_FALSE(check_config(config));
}

TEST(Config, TheManualListsEveryOptionAtItsDefault) {
  std::istringstream lines(manual());
  std::string line, section, uncommented;
  std::set<std::string> listed;
  const std::regex option("#([a-z_]+) = (.*)");
  while (std::getline(lines, line)) {
    std::smatch found;
    if (line.starts_with("[")) section = line.substr(1, line.size() - 2);
    if (std::regex_match(line, found, option)) {
      listed.insert(section + "." + found[1].str());
      line = line.substr(1);
    }
    uncommented += line + "\n";
  }
  const auto keys = config_keys();
  EXPECT_EQ(listed, std::set<std::string>(keys.begin(), keys.end()));

  const auto stated = parse_config(uncommented, "ishi.toml", ".");
  ASSERT_TRUE(stated) << stated.error().detail;
  const Config defaults;
  EXPECT_EQ(stated->listen.address, defaults.listen.address);
  EXPECT_EQ(stated->listen.port, defaults.listen.port);
  EXPECT_EQ(stated->listen.reactors, defaults.listen.reactors);
  EXPECT_EQ(stated->listen.workers, defaults.listen.workers);
  EXPECT_EQ(stated->listen.queue_max, defaults.listen.queue_max);
  EXPECT_EQ(stated->listen.connections_max, defaults.listen.connections_max);
  EXPECT_EQ(stated->listen.header_timeout_ms, defaults.listen.header_timeout_ms);
  EXPECT_EQ(stated->listen.body_timeout_ms, defaults.listen.body_timeout_ms);
  EXPECT_EQ(stated->listen.request_timeout_ms, defaults.listen.request_timeout_ms);
  EXPECT_EQ(stated->listen.keepalive_timeout_ms, defaults.listen.keepalive_timeout_ms);
  EXPECT_EQ(stated->listen.send_timeout_ms, defaults.listen.send_timeout_ms);
  EXPECT_EQ(stated->listen.body_bytes_max_total, defaults.listen.body_bytes_max_total);
  EXPECT_EQ(stated->listen.reply_bytes_max_total, defaults.listen.reply_bytes_max_total);
  EXPECT_EQ(stated->listen.stop_grace_ms, defaults.listen.stop_grace_ms);
  EXPECT_EQ(stated->database.connection, defaults.database.connection);
  EXPECT_EQ(stated->database.role, defaults.database.role);
  EXPECT_EQ(stated->database.migrate_connection, defaults.database.migrate_connection);
  EXPECT_EQ(stated->database.read_sessions_max, defaults.database.read_sessions_max);
  EXPECT_EQ(stated->database.lock_wait_ms_max, defaults.database.lock_wait_ms_max);
  EXPECT_EQ(stated->database.statement_ms_max, defaults.database.statement_ms_max);
  EXPECT_EQ(stated->database.session_wait_ms_max, defaults.database.session_wait_ms_max);
  EXPECT_EQ(stated->database.append_wait_ms_max, defaults.database.append_wait_ms_max);
  EXPECT_EQ(stated->tokens.key_id, defaults.tokens.key_id);
  EXPECT_EQ(stated->tokens.key_file, defaults.tokens.key_file);
  EXPECT_EQ(stated->policy.files, defaults.policy.files);
  EXPECT_EQ(stated->near.people_max, defaults.near.people_max);
  EXPECT_EQ(stated->near.keep, defaults.near.keep);
  EXPECT_EQ(stated->redis.address, defaults.redis.address);
  EXPECT_EQ(stated->redis.mode, defaults.redis.mode);
  EXPECT_EQ(stated->redis.password_file, defaults.redis.password_file);
  EXPECT_EQ(stated->redis.prefix, defaults.redis.prefix);
  EXPECT_EQ(stated->redis.deadline_ms, defaults.redis.deadline_ms);
  EXPECT_EQ(stated->redis.connections_max, defaults.redis.connections_max);
  EXPECT_EQ(stated->redis.people_expected, defaults.redis.people_expected);
  EXPECT_EQ(stated->filter.body_bytes_max, defaults.filter.body_bytes_max);
  EXPECT_EQ(stated->filter.holders_max, defaults.filter.holders_max);
  EXPECT_EQ(stated->filter.freshness_wait_ms_max, defaults.filter.freshness_wait_ms_max);
  EXPECT_EQ(stated->writes.body_bytes_max, defaults.writes.body_bytes_max);
  EXPECT_EQ(stated->writes.lines_max, defaults.writes.lines_max);
  EXPECT_EQ(stated->writes.freshness_wait_ms_max, defaults.writes.freshness_wait_ms_max);
  EXPECT_EQ(stated->health.lag_events_max, defaults.health.lag_events_max);
  EXPECT_EQ(stated->log.level, defaults.log.level);
}

TEST(Config, AnEmptyFileIsTheDefaults) {
  const auto config = parse_config("", "ishi.toml", "/etc/ishi");
  ASSERT_TRUE(config);
  EXPECT_EQ(path_in(*config, "token.key"), "/etc/ishi/token.key");
  EXPECT_EQ(path_in(*config, "/run/key"), "/run/key");
}

TEST(Config, WhatIsWrongIsNamedWithItsLine) {
  EXPECT_EQ(complaint_about("[listen]\nprot = 1\n"),
            "ishi.toml line 2: listen.prot: is not an option; ops/etc/ishi.toml lists them all");
  EXPECT_EQ(complaint_about("[listen]\n\nport = 65536\n"),
            "ishi.toml line 3: listen.port: must be a whole number, 0..65535");
  EXPECT_NE(complaint_about("[listen]\nport = \"80\"\n"), "");
  EXPECT_NE(complaint_about("[listen]\nport = 80.0\n"), "");
  EXPECT_NE(complaint_about("[listen]\naddress = \"\"\n"), "");
  EXPECT_NE(complaint_about("[log]\nlevel = \"loud\"\n").find("debug, info, warn, error"), std::string::npos);
  EXPECT_NE(complaint_about("[policy]\nfiles = [1]\n"), "");
  EXPECT_NE(complaint_about("port = 1\n"), "");
  EXPECT_NE(complaint_about("[nonsense]\n"), "");
  EXPECT_NE(complaint_about("[listen\n"), "");
  EXPECT_NE(complaint_about("[listen]\nport = 1\nport = 2\n"), "");
}

// Without a lease clocks would not be compared, and a database that was replaced would be believed.
TEST(Config, NoServerGoesWithoutALease) {
  EXPECT_EQ(complaint_about("[database]\nhead_lease_ms = 0\n"),
            "ishi.toml line 2: database.head_lease_ms: must be a whole number, 100..1000");
  EXPECT_EQ(complaint_about("[database]\nhead_lease_ms = 100\n"), "");
}

TEST(Config, AllComplaintsComeAtOnce) {
  const std::string text = complaint_about("[listen]\nport = -1\nworkers = 0\n[x]\ny = 1\n");
  EXPECT_NE(text.find("listen.port"), std::string::npos);
  EXPECT_NE(text.find("listen.workers"), std::string::npos);
  EXPECT_NE(text.find("x.y"), std::string::npos);
}

TEST(Config, AFileThatIsNotThereIsToldByName) {
  EXPECT_NE(read_config_file("/nonexistent/ishi.toml").error().detail.find("/nonexistent/ishi.toml"),
            std::string::npos);
}

}  // namespace
}  // namespace ishi::api
