// The names of the figures that are compared with a peer or with what is wanted.
#pragma once

namespace ishi::bench {

constexpr const char* kNotices = "notices in bulk, durable, 50 000 lines a request";
constexpr const char* kBareCopy = "PostgreSQL, bare COPY of the same rows under the same keys, durable";
constexpr const char* kAllowed = "filter, tokens, answer=allowed";
constexpr const char* kBitmap = "filter, tokens, answer=bitmap";
constexpr const char* kHexLines = "filter, hex lines";
constexpr const char* kCardLines = "filter, insurance-number lines";
constexpr const char* kTwoClients = ", 2 clients";
constexpr const char* kStockBody = "bodies alone, into a Pistache route that does nothing";
constexpr const char* kOwnBody = "bodies alone, into ishid, which refuses them when they are whole";
constexpr const char* kRedis = "Redis MGET, 1000 keys, pipelined";
constexpr const char* kPostgresAny = "PostgreSQL = any($1), 10 000 each";
constexpr const char* kPostgresJoin = "PostgreSQL, temporary table and join";
constexpr const char* kSingle = "single check, strict, 32 connections";
constexpr const char* kSingleHalf = "single check at half of that rate";
constexpr const char* kSingleRouteHalf = "the route that does nothing, at that rate";
constexpr const char* kSingleLua = "nginx + Lua + Redis, 32 connections";
constexpr const char* kSingleRoute = "a Pistache route that does nothing, 32 connections";
constexpr const char* kOptOuts = "opt-outs with receipt, durable, one a request";
constexpr const char* kOptOutsBesideFilters = "the same while large filters run";
constexpr const char* kFile = "ishi filter, a file of hex lines, file to file";
constexpr const char* kDuckdb = "DuckDB, semi-join of the same file, file to file";
constexpr const char* kNearOne = "near table, 1 thread";
constexpr const char* kNearTwo = "near table, 2 threads";
constexpr const char* kRoof = "the memory roof, a table of this size, 2 threads";
constexpr const char* kRoofOfNation = "the memory roof, 3.3 GB, 2 threads";

}  // namespace ishi::bench
