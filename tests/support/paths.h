// Where the repository and the build are. Compiled into one file alone, so that no object of another test depends on
// the folder it was built in and a compiler cache serves every clone.
#pragma once

#include <string>

namespace ishi::testing {

const std::string& source_folder();
const std::string& binary_folder();

}  // namespace ishi::testing
