#include "sql/session/translate_errors.h"

#include <exception>
#include <string>
#include <string_view>

#include <pqxx/except>

namespace ishi::sql {
namespace {

struct Meaning {
  std::string_view states;  // a SQLSTATE or the beginning of several
  ErrorKind kind;
  const char* code;
  const char* remedy;
};

// The first that fits. Appendix A of PostgreSQL's manual lists the states; IS001 is ours (migrations/0002_log.sql).
constexpr Meaning kMeanings[] = {
    {"55P03", ErrorKind::kUnavailable, "log_busy", "another server holds the log's lock; try again"},
    {"57014", ErrorKind::kUnavailable, "statement_too_slow", "the database took too long; try again"},
    {"40003", ErrorKind::kOutcomeUnknown, "outcome_unknown",
     "it may or may not have happened; retry with the same key"},
    {"40", ErrorKind::kUnavailable, "transaction_rolled_back", "nothing was written; try again"},
    {"08", ErrorKind::kUnavailable, "database_away", "the connection was lost; try again"},
    {"57P", ErrorKind::kUnavailable, "database_away", "the database is stopping or starting; try again"},
    {"53", ErrorKind::kUnavailable, "database_exhausted", "disk, memory or connections ran out; look at the database"},
    {"58", ErrorKind::kUnavailable, "database_system_error", "the database cannot use its disk; look at it"},
    {"25006", ErrorKind::kUnavailable, "database_read_only", "this is a standby; write to the primary"},
    {"28", ErrorKind::kUnavailable, "database_refuses_login", "check user and password of the database"},
    {"3D000", ErrorKind::kUnavailable, "database_missing", "create the database first"},
    {"42501", ErrorKind::kUnavailable, "database_forbids", "the role lacks a right; apply the migrations first"},
    {"IS001", ErrorKind::kForbidden, "append_only", "what is in the log stays there"},
    {"42P01", ErrorKind::kUnavailable, "database_not_migrated", "apply the migrations first"},
    {"3F000", ErrorKind::kUnavailable, "database_not_migrated", "apply the migrations first"},
    {"22", ErrorKind::kInvalidArgument, "value_refused", "the database does not take this value"},
};

Error error_of(std::string_view state, const char* doing) {
  for (const Meaning& meaning : kMeanings) {
    if (!state.starts_with(meaning.states)) continue;
    return {meaning.kind, meaning.code, std::string(doing) + ": " + meaning.remedy + " (" + std::string(state) + ")"};
  }
  return {ErrorKind::kCorrupt, "database_error",
          std::string(doing) + ": the database answered what it never should (" + std::string(state) + ")"};
}

// pqxx 6 keeps the state for some errors and only a class for others.
std::string state_of(const pqxx::sql_error& error) {
  if (!error.sqlstate().empty()) return error.sqlstate();
  if (dynamic_cast<const pqxx::insufficient_privilege*>(&error) != nullptr) return "42501";
  if (dynamic_cast<const pqxx::undefined_table*>(&error) != nullptr) return "42P01";
  if (dynamic_cast<const pqxx::insufficient_resources*>(&error) != nullptr) return "53000";
  if (dynamic_cast<const pqxx::data_exception*>(&error) != nullptr) return "22000";
  return "no state";
}

}  // namespace

Error translate_current_exception(const char* doing) {
  try {
    throw;
  } catch (const pqxx::in_doubt_error&) {
    return error_of("40003", doing);
  } catch (const pqxx::statement_completion_unknown&) {
    return error_of("40003", doing);
  } catch (const pqxx::transaction_rollback&) {
    return error_of("40001", doing);
  } catch (const pqxx::too_many_connections&) {
    return error_of("53300", doing);
  } catch (const pqxx::broken_connection&) {
    return error_of("08006", doing);
  } catch (const pqxx::sql_error& error) {
    return error_of(state_of(error), doing);
  } catch (const std::exception&) {
    return {ErrorKind::kUnavailable, "database_client_error", std::string(doing) + ": the database library failed"};
  }
}

}  // namespace ishi::sql
