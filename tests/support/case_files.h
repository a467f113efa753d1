// Every case file of a folder judged, and its verdicts compared with what is written there, or written back (cases.h).
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/cases.h"

namespace ishi::cases {

inline void judge_files_in(const std::filesystem::path& folder,
                           const std::function<std::vector<std::string>(const Case&)>& verdicts_of) {
  for (const std::filesystem::path& file : files_in(folder)) {
    std::vector<Case> written = read(file);
    for (Case& one : written) {
      std::vector<std::string> verdicts = verdicts_of(one);
      if (rewriting()) {
        one.verdicts = std::move(verdicts);
      } else {
        EXPECT_EQ(verdicts, one.verdicts) << file.string() << ":" << one.line << " " << one.title;
        EXPECT_FALSE(one.verdicts.empty()) << file.string() << ":" << one.line << " asks nothing";
      }
    }
    if (rewriting()) write(file, written);
  }
}

}  // namespace ishi::cases
