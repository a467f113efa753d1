// The contract as served at /openapi.json: openapi.json beside this file, part of the program.
#pragma once

#include <string_view>

namespace ishi::api {

std::string_view openapi_document();

}  // namespace ishi::api
