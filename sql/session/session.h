// Session: one connection to PostgreSQL, in values and Results only. session.cpp and translate_errors.cpp are the
// only files that know pqxx; nothing throws past them. A session is used by one thread at a time. It never
// reconnects by itself: a lost session must be seen, because what it had set up (role, LISTEN, statements) is gone
// with it. After an error with `broken()` throw it away.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "registry/bytes.h"
#include "registry/identifiers/token.h"
#include "registry/result.h"
#include "sql/session/statements.h"

namespace ishi::sql {

// The code of kUnavailable when a connection was cut because the database did not answer in time.
inline constexpr std::string_view kDatabaseSilent = "database_silent";

struct SessionOptions {
  std::string connection_string;      // libpq's: "host=/run/postgresql dbname=ishi"
  std::string role = "ishi_service";  // taken on at once; empty: stay who we are
  int connect_seconds_max = 5;
  int lock_wait_ms_max = 5'000;   // 0 = for ever
  int statement_ms_max = 60'000;  // 0 = for ever; counted by the server
  int silence_ms_max = 0;         // counted here: a statement unanswered for so long costs the connection.
                                  // 0 = a second more than statement_ms_max
  bool commits_wait = false;      // for a standby, however long: a connection that is cut leaves the server waiting
  // The timeline that this process knows to be in force; a primary of an older one was replaced, and is passed over.
  // Null: whatever answers.
  std::shared_ptr<const std::atomic<std::uint32_t>> timeline_min = nullptr;
};

// The values for $1, $2, … of a statement.
class Parameters {
 public:
  Parameters& number(std::int64_t value);
  Parameters& number(std::uint64_t value);   // REQUIRES: < 2^63
  Parameters& text(std::string_view value);  // REQUIRES: UTF-8 without NUL
  Parameters& bytes(ByteView value);
  Parameters& numbers(std::span<const std::uint64_t> values);
  Parameters& texts(std::span<const std::string> values);
  Parameters& byte_strings(std::span<const ByteView> values);
  Parameters& tokens(std::span<const Token> values);  // as uuid[]
  const std::vector<std::string>& values() const { return values_; }

 private:
  std::vector<std::string> values_;
};

// What came back. Reading a cell that isn't there or isn't of that form is our own mistake and asserts; for a stored
// value of a wrong length they return false.
class Rows {
 public:
  Rows();
  ~Rows();
  Rows(Rows&&) noexcept;
  Rows& operator=(Rows&&) noexcept;
  std::size_t size() const;
  bool is_null(std::size_t row, std::size_t column) const;
  std::string_view text(std::size_t row, std::size_t column) const;
  std::int64_t number(std::size_t row, std::size_t column) const;
  std::uint64_t count(std::size_t row, std::size_t column) const;  // never negative
  bool boolean(std::size_t row, std::size_t column) const;
  void bytes_into(std::size_t row, std::size_t column, Bytes& out) const;
  Bytes bytes(std::size_t row, std::size_t column) const;
  bool bytes_exactly(std::size_t row, std::size_t column, std::span<std::uint8_t> out) const;
  Token token(std::size_t row, std::size_t column) const;

 private:
  friend class Session;
  struct State;
  std::unique_ptr<State> state_;
};

// One row on its way into a table: its fields in the order of the columns, in COPY's text form.
class CopyRow {
 public:
  void number(std::uint64_t value);
  void number(std::int64_t value);
  void text(std::string_view value);  // REQUIRES: visible ASCII and blanks
  void bytes(ByteView value);
  void token(const Token& value);

 private:
  friend class Session;
  void clear();
  std::string& next();
  std::string line_;
  std::size_t fields_ = 0;
};

struct CopyTarget {
  const char* table;
  std::vector<std::string> columns;
};

class Session {
 public:
  // Of several hosts: as libpq chooses; when that fails, one after the other. libpq gives up at the first that accepts
  // and closes. Errors: kUnavailable.
  static Result<std::unique_ptr<Session>> open(const SessionOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  bool broken() const;
  void discard();              // broken from now on: it speaks to a server that should not be asked
  bool outdated() const;       // a newer timeline is in force than when it was opened
  static void cut_outdated();  // all waits for answers of a server that is outdated by now. Any thread
  void cut();                  // ends what another thread waits for here. Any thread, while the object lives

  // Outside a transaction each statement is one of its own.
  // `silence_max`: instead of what the options say, if that is longer or none. 0: what the options say.
  Result<Rows> run(const Statement& statement, const Parameters& parameters = {},
                   std::chrono::milliseconds silence_max = {});
  Result<void> run_script(const char* name, std::string_view text);  // several statements; not prepared

  enum class Isolation : std::uint8_t { kReadCommitted, kSnapshotReadOnly };
  Result<void> begin(Isolation isolation = Isolation::kReadCommitted);
  // kOutcomeUnknown: the connection was lost on the way, and the commit may or may not have happened; or the server
  // warned: it no longer waits for a standby (pg_cancel_backend). After any other error nothing was written.
  Result<void> commit();
  void roll_back() noexcept;  // nothing when there is no transaction

  // Into a table by COPY, `count` rows; `fill` is called for each in order. REQUIRES: in a transaction.
  Result<void> copy(const CopyTarget& target, std::size_t count,
                    const std::function<void(std::size_t, CopyRow&)>& fill);

  Result<void> listen(const std::string& channel);
  // True as soon as something was announced on a channel listened to since the last call that returned true, false when
  // nothing came in time.
  Result<bool> wait_for_announcement(std::chrono::milliseconds timeout);

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  static Result<std::unique_ptr<Session>> open_one(const SessionOptions& options);
  std::unique_ptr<State> state_;
};

}  // namespace ishi::sql
