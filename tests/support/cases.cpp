#include "tests/support/cases.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace ishi::cases {
namespace {

std::string trimmed(const std::string& line) {
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(" \t") - first + 1);
}

[[noreturn]] void complain(const std::filesystem::path& file, int line, const std::string& what) {
  throw std::runtime_error(file.string() + ":" + std::to_string(line) + ": " + what);
}

}  // namespace

std::vector<Case> read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) complain(file, 0, "cannot be opened");
  std::vector<Case> cases;
  Case current;
  bool answering = false;
  int number = 0;
  const auto finish = [&] {
    if (current.title.empty()) return;
    if (!answering) complain(file, number, "no ---- after \"" + current.title + "\"");
    cases.push_back(std::move(current));
    current = Case();
    answering = false;
  };
  for (std::string line; std::getline(in, line);) {
    ++number;
    const std::string text = trimmed(line);
    if (text.empty()) {
      finish();
    } else if (text.starts_with("#")) {
      if (!current.title.empty()) complain(file, number, "remarks stand before a case");
      current.remarks.push_back(text);
    } else if (current.title.empty()) {
      current.title = text;
      current.line = number;
    } else if (text == "----") {
      answering = true;
    } else {
      (answering ? current.verdicts : current.sentences).push_back(text);
    }
  }
  finish();
  if (cases.empty()) complain(file, number, "holds no case");
  return cases;
}

void write(const std::filesystem::path& file, const std::vector<Case>& cases) {
  std::ofstream out(file, std::ios::trunc);
  for (const Case& one : cases) {
    if (&one != &cases.front()) out << "\n";
    for (const std::string& remark : one.remarks) out << remark << "\n";
    out << one.title << "\n";
    for (const std::string& sentence : one.sentences) out << "  " << sentence << "\n";
    out << "----\n";
    for (const std::string& verdict : one.verdicts) out << verdict << "\n";
  }
  if (!out.flush()) complain(file, 0, "cannot be written");
}

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".cases") files.push_back(entry.path());
  }
  if (files.empty()) complain(folder, 0, "holds no .cases file");
  std::sort(files.begin(), files.end());
  return files;
}

bool rewriting() {
  const char* wish = std::getenv("REWRITE");
  return wish != nullptr && std::string(wish) == "1";
}

}  // namespace ishi::cases
