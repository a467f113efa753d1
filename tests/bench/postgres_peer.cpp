#include <arpa/inet.h>
#include <libpq-fe.h>

#include <cstring>
#include <unordered_map>

#include "registry/events/event.h"
#include "tests/bench/measure.h"
#include "tests/bench/peers.h"

namespace ishi::bench {
namespace {

constexpr std::size_t kPerStatement = 10'000;
constexpr int kNoticeKind = static_cast<int>(EventKind::kNoticeGiven);
constexpr unsigned kUuidArray = 2951, kUuid = 2950;

void add16(std::string& to, std::uint16_t value) {
  value = htons(value);
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}
void add32(std::string& to, std::uint32_t value) {
  value = htonl(value);
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}
std::string_view bytes_of(const Token& token) {
  return {reinterpret_cast<const char*>(&token), Token::kSizeBytes};
}

void run(PGconn* connection, const char* statement) {
  PGresult* result = PQexec(connection, statement);
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) wrong(PQerrorMessage(connection));
  PQclear(result);
}

// PostgreSQL's binary COPY: a head, rows, an end.
std::string with_frame(const std::string& rows) {
  return std::string("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19) + rows + "\377\377";
}

std::string copy_out(PGconn* connection, const std::string& statement) {
  PGresult* begun = PQexec(connection, statement.c_str());
  if (PQresultStatus(begun) != PGRES_COPY_OUT) wrong(PQerrorMessage(connection));
  PQclear(begun);
  std::string out;
  char* piece = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(connection, &piece, 0)) > 0) {
    out.append(piece, static_cast<std::size_t>(size));
    PQfreemem(piece);
  }
  require(size == -1, "COPY out");
  while (PGresult* more = PQgetResult(connection)) PQclear(more);
  return out;
}

void copy_in(PGconn* connection, const char* statement, const std::string& bytes) {
  PGresult* begun = PQexec(connection, statement);
  require(PQresultStatus(begun) == PGRES_COPY_IN, "PostgreSQL takes no COPY");
  PQclear(begun);
  for (std::size_t at = 0; at < bytes.size(); at += 1 << 20) {
    const std::string_view piece = std::string_view(bytes).substr(at, 1 << 20);
    require(PQputCopyData(connection, piece.data(), static_cast<int>(piece.size())) == 1, "COPY");
  }
  require(PQputCopyEnd(connection, nullptr) == 1, "COPY");
  PGresult* result = PQgetResult(connection);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) wrong(PQerrorMessage(connection));
  PQclear(result);
  while (PGresult* more = PQgetResult(connection)) PQclear(more);
}

struct Hash {
  std::size_t operator()(const std::string_view& token) const {
    std::size_t value;
    std::memcpy(&value, token.data(), sizeof value);
    return value;
  }
};

}  // namespace

PostgresPeer::PostgresPeer(const std::string& connection) : connection_(PQconnectdb(connection.c_str())) {
  if (PQstatus(connection_) != CONNECTION_OK) wrong(PQerrorMessage(connection_));
  run(connection_, "set client_min_messages = warning");
}
PostgresPeer::~PostgresPeer() {
  PQfinish(connection_);
}

void PostgresPeer::load(std::uint64_t people) {
  run(connection_,
      "drop table if exists known; create table known (token uuid not null, code int2 not null, holder text, regime "
      "text, template text, told date)");
  for (std::uint64_t from = 0; from < people; from += 200'000) {
    std::string rows;
    for (std::uint64_t i = from; i < std::min(people, from + 200'000); ++i) {
      add16(rows, 6);
      add32(rows, Token::kSizeBytes), rows += bytes_of(token_of(i));
      add32(rows, 2), add16(rows, static_cast<std::uint16_t>(truth_of(i, people)));
      for (const std::string_view text :
           {std::string_view(kHolder), std::string_view("NGMIA_ANON"), std::string_view(kTemplate)})
        add32(rows, static_cast<std::uint32_t>(text.size())), rows += text;
      add32(rows, 4), add32(rows, 9'000);
    }
    copy_in(connection_, "copy known from stdin (format binary)", with_frame(rows));
  }
  run(connection_, "alter table known add primary key (token)");
  run(connection_, "vacuum analyze known");
}

void PostgresPeer::copy_same_rows(const std::string& house, std::uint64_t notices, int rounds,
                                  std::vector<double>& rates) {
  PGconn* connection = PQconnectdb(house.c_str());
  if (PQstatus(connection) != CONNECTION_OK) wrong(PQerrorMessage(connection));
  run(connection, "set client_min_messages = warning");
  run(connection,
      "drop schema if exists bare cascade; create schema bare; create table bare.event (like ishi.event including all);"
      "create table bare.event_subject (like ishi.event_subject including all)");
  const std::string events =
      copy_out(connection, "copy (select * from ishi.event where kind = " + std::to_string(kNoticeKind) +
                               " order by index limit " + std::to_string(notices) + ") to stdout (format binary)");
  const std::string subjects = copy_out(
      connection, "copy (select s.* from ishi.event_subject s join (select index from ishi.event where kind = " +
                      std::to_string(kNoticeKind) + " order by index limit " + std::to_string(notices) +
                      ") e on e.index = s.event_index order by s.event_index) to stdout (format binary)");
  for (int round = 0; round < rounds; ++round) {
    run(connection, "truncate bare.event, bare.event_subject");
    const Stopwatch watch;
    run(connection, "begin");
    copy_in(connection, "copy bare.event from stdin (format binary)", events);
    copy_in(connection, "copy bare.event_subject from stdin (format binary)", subjects);
    run(connection, "commit");
    rates.push_back(static_cast<double>(notices) / watch.seconds());
  }
  run(connection, "drop schema bare cascade");
  PQfinish(connection);
}

std::vector<std::uint8_t> PostgresPeer::ask_any(std::span<const Token> tokens) {
  std::vector<std::uint8_t> codes(tokens.size(), static_cast<std::uint8_t>(ReasonCode::kDenyUnknown));
  for (std::size_t from = 0; from < tokens.size(); from += kPerStatement) {
    const auto chunk = tokens.subspan(from, std::min(kPerStatement, tokens.size() - from));
    std::string array;
    add32(array, 1), add32(array, 0), add32(array, kUuid), add32(array, static_cast<std::uint32_t>(chunk.size())),
        add32(array, 1);
    for (const Token& token : chunk) add32(array, Token::kSizeBytes), array += bytes_of(token);
    const char* value = array.data();
    const int size = static_cast<int>(array.size()), binary = 1;
    const unsigned type = kUuidArray;
    PGresult* result = PQexecParams(connection_, "select token, code from known where token = any($1)", 1, &type,
                                    &value, &size, &binary, 1);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) wrong(PQerrorMessage(connection_));
    std::unordered_map<std::string_view, std::uint8_t, Hash> found;
    for (int row = 0; row < PQntuples(result); ++row)
      found.emplace(std::string_view(PQgetvalue(result, row, 0), Token::kSizeBytes),
                    static_cast<std::uint8_t>(PQgetvalue(result, row, 1)[1]));
    for (std::size_t i = 0; i < chunk.size(); ++i)
      if (const auto at = found.find(bytes_of(chunk[i])); at != found.end()) codes[from + i] = at->second;
    PQclear(result);
  }
  return codes;
}

std::vector<std::uint8_t> PostgresPeer::ask_by_join(std::span<const Token> tokens) {
  std::vector<std::uint8_t> codes(tokens.size(), static_cast<std::uint8_t>(ReasonCode::kDenyUnknown));
  run(connection_, "begin; create temporary table asked (place int4, token uuid) on commit drop");
  std::string rows;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    add16(rows, 2), add32(rows, 4), add32(rows, static_cast<std::uint32_t>(i)), add32(rows, Token::kSizeBytes),
        rows += bytes_of(tokens[i]);
  copy_in(connection_, "copy asked from stdin (format binary)", with_frame(rows));
  run(connection_, "analyze asked");
  PGresult* result = PQexecParams(connection_, "select place, code from asked join known using (token)", 0, nullptr,
                                  nullptr, nullptr, nullptr, 1);
  if (PQresultStatus(result) != PGRES_TUPLES_OK) wrong(PQerrorMessage(connection_));
  for (int row = 0; row < PQntuples(result); ++row) {
    std::uint32_t place;
    std::memcpy(&place, PQgetvalue(result, row, 0), 4);
    codes[ntohl(place)] = static_cast<std::uint8_t>(PQgetvalue(result, row, 1)[1]);
  }
  PQclear(result);
  run(connection_, "commit");
  return codes;
}

}  // namespace ishi::bench
