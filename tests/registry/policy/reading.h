// What the tests of this room say over and over: the smallest book, files that ship, and complaints as text.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "registry/policy/reading/policy_text.h"
#include "tests/support/paths.h"

namespace ishi::policy_testing {

// 23 lines; a test's own document comes beside it.
inline const PolicyDocument kSmallest{"base.toml", R"([profile]
code = "test"
controller_organisation = "TEST"
controller_kind = "STATE"
objection_writers = ["PORTAL"]
notice_writers = ["HOLDER"]
batch_readers = ["HOLDER"]
audit_readers = ["PPC"]
[book]
categories = ["RECEIPT", "IMAGE"]
purposes = ["PURPOSE_1"]
composite_methods = ["POSTER", "WEBSITE"]
[[regime]]
code = "TOLD"
name_ja = "通知"
name_en = "told"
law_reference = "none"
control = "NOTICE_OPTOUT"
filing_required = true
unknown_id = "DENY"
wait = { mode = "DAYS", days = 30 }
deciders = ["SELF"]
valid_from = 2018-05-11
)"};

inline PolicyReading read_with(const std::string& own) {
  const std::vector<PolicyDocument> documents{kSmallest, {"own.toml", own}};
  return read_policy(documents);
}

inline std::string describe(const PolicyReading& reading) {
  std::string text;
  for (const PolicyComplaint& complaint : reading.complaints) {
    text += complaint.document + ":" + std::to_string(complaint.line) + ": " + complaint.field + ": " +
            complaint.message + "\n";
  }
  return text;
}

inline PolicyDocument shipped(const std::string& name) {
  std::ifstream file(ishi::testing::source_folder() + "/ops/policy/" + name);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return {name, text.str()};
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace ishi::policy_testing
