// Case files: a small world in sentences, questions among them, and below `----` one verdict per question.
//
//   # a remark
//   T01 A letter about anonymised use says nothing of pseudonymised use
//     2026-05-01 hanako is told by aoba with anon-2024
//     2026-07-01 may aoba use hanako under NGMIA_PSEUDO?
//   ----
//   DENY_NOTICE_SCOPE
//
// Cases are parted by blank lines. With REWRITE=1 in the environment the verdicts are written back, to be reviewed
// as a diff.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ishi::cases {

struct Case {
  std::vector<std::string> remarks;  // lines before it that start with #, kept as they are
  std::string title;
  std::vector<std::string> sentences;
  std::vector<std::string> verdicts;
  int line = 0;  // of the title, 1-based
};

// Throws std::runtime_error naming file and line when a file can't be read as cases.
std::vector<Case> read(const std::filesystem::path& file);
void write(const std::filesystem::path& file, const std::vector<Case>& cases);
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);  // *.cases, sorted; never empty
bool rewriting();

}  // namespace ishi::cases
