// Brings a database to the form this program expects. The texts of sql/migrations are part of the program.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/result.h"

namespace ishi::sql {

struct Migration {
  int number;             // from 1, without gaps
  std::string_view name;  // file name
  std::string_view text;
};

std::span<const Migration> migrations();  // in order

// Applies what is missing, in one transaction and under an advisory lock, so that several servers may start at once.
// Connects as a login that may create roles and schemas. Returns the names of those applied now. Errors: kConflict
// "migration_edited" (an applied one reads differently here) and "database_newer" (it knows migrations we don't);
// nothing is changed then.
Result<std::vector<std::string>> migrate(const std::string& connection_string,
                                         std::span<const Migration> wanted = migrations());

}  // namespace ishi::sql
