// What a caller can do about an exception of the database library, in one place.
#pragma once

#include "registry/result.h"

namespace ishi::sql {

// REQUIRES: called in a catch block. `doing` names the statement. The server's own words are left out on purpose:
// they quote rows, and rows hold tokens. The SQLSTATE stays.
Error translate_current_exception(const char* doing);

}  // namespace ishi::sql
