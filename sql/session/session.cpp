#include "sql/session/session.h"

#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <set>
#include <utility>

#include <pqxx/pqxx>
#include <pqxx/tablewriter>

#include "registry/assert.h"
#include "sql/session/deadline_watch.h"
#include "sql/session/hosts.h"
#include "sql/session/translate_errors.h"

namespace ishi::sql {
namespace {

void append_hex(ByteView bytes, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::size_t before = out.size();
  out.resize(before + 2 * bytes.size());
  char* at = out.data() + before;
  for (const std::uint8_t byte : bytes) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 15];
  }
}

// An array in PostgreSQL's text form; `append` writes one element, of characters that need no quotes.
template <typename Items, typename Append>
std::string array_of(const Items& items, Append append) {
  std::string text = "{";
  for (const auto& item : items) {
    if (text.size() > 1) text += ',';
    append(item, text);
  }
  return text + "}";
}

void append_quoted(std::string_view item, std::string& text) {
  text += '"';
  for (const char c : item) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
}

std::string connection_string_with_limits(const SessionOptions& options) {
  return options.connection_string + " connect_timeout=" + std::to_string(options.connect_seconds_max) +
         " keepalives_idle=10 keepalives_interval=5 keepalives_count=3 tcp_user_timeout=20000 client_encoding=UTF8"
         " application_name=ishi";
}

std::chrono::milliseconds silence_max(const SessionOptions& options) {
  if (options.silence_ms_max > 0) return std::chrono::milliseconds(options.silence_ms_max);
  return std::chrono::milliseconds(options.statement_ms_max > 0 ? options.statement_ms_max + 1'000 : 0);
}

// 0: none.
std::chrono::milliseconds tighter(std::chrono::milliseconds one, std::chrono::milliseconds other) {
  if (one.count() == 0 || other.count() == 0) return std::max(one, other);
  return std::min(one, other);
}

class AnyAnnouncement final : public pqxx::notification_receiver {
 public:
  using notification_receiver::notification_receiver;
  void operator()(const std::string&, int) override { heard = true; }
  bool heard = false;
};

// Counts what the server says beside its answers: warnings and worse, by what Session::open asks for.
class Warnings final : public pqxx::errorhandler {
 public:
  using errorhandler::errorhandler;
  bool operator()(const char*) noexcept override {
    ++count;
    return false;  // and nobody prints it
  }
  std::uint64_t count = 0;
};

}  // namespace

Parameters& Parameters::number(std::int64_t value) {
  values_.push_back(std::to_string(value));
  return *this;
}
Parameters& Parameters::number(std::uint64_t value) {
  ISHI_ASSERT(value >> 63 == 0);
  values_.push_back(std::to_string(value));
  return *this;
}
Parameters& Parameters::text(std::string_view value) {
  ISHI_ASSERT(value.find('\0') == std::string_view::npos);
  values_.emplace_back(value);
  return *this;
}
Parameters& Parameters::bytes(ByteView value) {
  std::string& text = values_.emplace_back("\\x");
  append_hex(value, text);
  return *this;
}
Parameters& Parameters::numbers(std::span<const std::uint64_t> values) {
  values_.push_back(array_of(values, [](std::uint64_t value, std::string& out) { out += std::to_string(value); }));
  return *this;
}
Parameters& Parameters::texts(std::span<const std::string> values) {
  values_.push_back(array_of(values, append_quoted));
  return *this;
}
Parameters& Parameters::byte_strings(std::span<const ByteView> values) {
  values_.push_back(array_of(values, [](ByteView value, std::string& out) {
    out += "\"\\\\x";
    append_hex(value, out);
    out += '"';
  }));
  return *this;
}
Parameters& Parameters::tokens(std::span<const Token> values) {
  values_.push_back(array_of(values, [](const Token& value, std::string& out) { append_hex(value.bytes(), out); }));
  return *this;
}

struct Rows::State {
  pqxx::result result;
  pqxx::field cell(std::size_t row, std::size_t column) const {
    ISHI_ASSERT(row < result.size() && column < result.columns());
    return result[static_cast<pqxx::result_size_type>(row)][static_cast<pqxx::row_size_type>(column)];
  }
};

Rows::Rows() : state_(std::make_unique<State>()) {}
Rows::~Rows() = default;
Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;

std::size_t Rows::size() const {
  return state_->result.size();
}
bool Rows::is_null(std::size_t row, std::size_t column) const {
  return state_->cell(row, column).is_null();
}
std::string_view Rows::text(std::size_t row, std::size_t column) const {
  const pqxx::field cell = state_->cell(row, column);
  ISHI_ASSERT(!cell.is_null());
  return {cell.c_str(), cell.size()};
}
std::int64_t Rows::number(std::size_t row, std::size_t column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  ISHI_ASSERT(error == std::errc{} && end == digits.data() + digits.size());
  return value;
}
std::uint64_t Rows::count(std::size_t row, std::size_t column) const {
  const std::int64_t value = number(row, column);
  ISHI_ASSERT(value >= 0);
  return static_cast<std::uint64_t>(value);
}
bool Rows::boolean(std::size_t row, std::size_t column) const {
  return text(row, column) == "t";
}
void Rows::bytes_into(std::size_t row, std::size_t column, Bytes& out) const {
  const std::string_view hex = text(row, column);
  ISHI_ASSERT(hex.starts_with("\\x"));
  out.resize((hex.size() - 2) / 2);
  ISHI_ASSERT(from_hex_into(hex.substr(2), out));
}
Bytes Rows::bytes(std::size_t row, std::size_t column) const {
  Bytes out;
  bytes_into(row, column, out);
  return out;
}
bool Rows::bytes_exactly(std::size_t row, std::size_t column, std::span<std::uint8_t> out) const {
  const std::string_view hex = text(row, column);
  return hex.starts_with("\\x") && from_hex_into(hex.substr(2), out);
}
Token Rows::token(std::size_t row, std::size_t column) const {
  std::string hex(text(row, column));
  std::erase(hex, '-');
  const auto token = Token::parse_hex(hex);
  ISHI_ASSERT(token.has_value());
  return *token;
}

void CopyRow::clear() {
  line_.clear();
  fields_ = 0;
}
std::string& CopyRow::next() {
  if (fields_++ > 0) line_ += '\t';
  return line_;
}
void CopyRow::number(std::uint64_t value) {
  ISHI_ASSERT(value >> 63 == 0);
  number(static_cast<std::int64_t>(value));
}
void CopyRow::number(std::int64_t value) {
  char digits[20];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  ISHI_ASSERT(error == std::errc{});
  next().append(digits, end);
}
void CopyRow::text(std::string_view value) {
  std::string& line = next();
  for (const char c : value) {
    ISHI_ASSERT(c >= ' ' && c <= '~');  // no other text is ever copied; this keeps the escaping trivial
    if (c == '\\') line += '\\';
    line += c;
  }
}
void CopyRow::bytes(ByteView value) {
  append_hex(value, next() += "\\\\x");
}
void CopyRow::token(const Token& value) {
  append_hex(value.bytes(), next());
}

struct Session::State {
  explicit State(const SessionOptions& options)
      : watch(DeadlineWatch::shared()),
        silence(silence_max(options)),
        silence_at_commit(options.commits_wait ? std::chrono::milliseconds(0) : silence),
        timeline_min(options.timeline_min),
        opened_under(timeline_min ? timeline_min->load() : 0),
        connection(connection_string_with_limits(options)),
        warnings(connection),
        socket(dup(connection.sock())) {}
  ~State() {
    roll_back();
    if (announcements) {  // speaks once more
      const DeadlineWatch::Guard guard(*watch, socket, silence);
      announcements.reset();
    }
    if (socket >= 0) close(socket);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  TimelineEpoch epoch() const { return {timeline_min.get(), opened_under}; }

  const std::shared_ptr<DeadlineWatch> watch;
  const std::chrono::milliseconds silence, silence_at_commit;
  const std::shared_ptr<const std::atomic<std::uint32_t>> timeline_min;
  const std::uint32_t opened_under;
  // Order matters: what speaks over the connection goes before it.
  pqxx::connection connection;
  Warnings warnings;
  const int socket;  // ours, so that the watch never meets a number that somebody else has got meanwhile
  std::unique_ptr<AnyAnnouncement> announcements;
  std::unique_ptr<pqxx::dbtransaction> transaction;
  std::set<std::string> prepared;
  bool broken = false;

  Error failed(const char* doing, DeadlineWatch::Guard& guard) {
    Error error = translate_current_exception(doing);
    broken = broken || !connection.is_open() || error.code == "database_away";
    if (!guard.finish()) return error;
    broken = true;
    return {ErrorKind::kUnavailable, std::string(kDatabaseSilent),
            std::string(doing) + ": the database did not answer in time; try again"};
  }
  void roll_back() noexcept {
    if (!transaction) return;
    try {
      DeadlineWatch::Guard guard(*watch, socket, silence);
      transaction.reset();
      broken = broken || guard.finish();
    } catch (...) {
      broken = true;
    }
  }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}

Session::~Session() = default;

bool Session::broken() const {
  return state_->broken;
}

void Session::discard() {
  state_->broken = true;
}

bool Session::outdated() const {
  return state_->timeline_min != nullptr && state_->timeline_min->load() != state_->opened_under;
}

void Session::cut_outdated() {
  DeadlineWatch::shared()->cut_outdated();
}

void Session::cut() {
  shutdown(state_->socket, SHUT_RDWR);
}

Result<std::unique_ptr<Session>> Session::open(const SessionOptions& options) {
  const std::uint32_t timeline_min = options.timeline_min ? options.timeline_min->load() : 0;
  const auto open_checked = [&](const SessionOptions& one) -> Result<std::unique_ptr<Session>> {
    auto opened = open_one(one);
    if (!opened || timeline_min == 0) return opened;
    const auto timeline = (*opened)->run(kTimeline);
    if (!timeline) return fail(timeline.error());
    if (timeline->is_null(0, 0) || timeline_of(timeline->text(0, 0)) < timeline_min)
      return fail(ErrorKind::kUnavailable, "database_replaced", "this server was the primary; another one is now");
    return opened;
  };
  auto opened = open_checked(options);
  if (opened) return opened;
  const auto hosts = each_host(options.connection_string);
  if (hosts.size() < 2) return opened;
  SessionOptions one = options;
  for (const std::string& host : hosts) {
    one.connection_string = host;
    if (auto other = open_checked(one)) return other;
  }
  return opened;
}

Result<std::unique_ptr<Session>> Session::open_one(const SessionOptions& options) {
  try {
    auto state = std::make_unique<State>(options);
    DeadlineWatch::Guard guard(*state->watch, state->socket, std::chrono::seconds(options.connect_seconds_max));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    state->connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
    pqxx::nontransaction setup(state->connection);
    setup.exec("set lock_timeout = " + std::to_string(options.lock_wait_ms_max) +
               "; set statement_timeout = " + std::to_string(options.statement_ms_max) +
               "; set synchronous_commit = remote_apply; set search_path = pg_catalog; set bytea_output = hex" +
               "; set idle_in_transaction_session_timeout = 60000; set client_min_messages = warning");
    if (!options.role.empty()) setup.exec("set role " + setup.quote_name(options.role));
    guard.finish();
    return std::unique_ptr<Session>(new Session(std::move(state)));
  } catch (...) {
    return fail(translate_current_exception("connect"));
  }
}

Result<Rows> Session::run(const Statement& statement, const Parameters& parameters,
                          std::chrono::milliseconds silence_max) {
  ISHI_ASSERT(!state_->broken);
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, tighter(state_->silence, silence_max), state_->epoch());
  try {
    if (state_->prepared.insert(statement.name).second) state_->connection.prepare(statement.name, statement.text);
    std::vector<const char*> values;
    for (const std::string& value : parameters.values()) values.push_back(value.c_str());
    const auto ask = [&](pqxx::transaction_base& transaction) {
      return transaction.exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(values));
    };
    Rows rows;
    if (state_->transaction) {
      rows.state_->result = ask(*state_->transaction);
    } else {
      pqxx::nontransaction alone(state_->connection);
      rows.state_->result = ask(alone);
    }
    return rows;
  } catch (...) {
    return fail(state_->failed(statement.name, guard));
  }
}

Result<void> Session::run_script(const char* name, std::string_view text) {
  ISHI_ASSERT(!state_->broken);
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, state_->silence, state_->epoch());
  try {
    if (state_->transaction) {
      state_->transaction->exec(std::string(text));
    } else {
      pqxx::nontransaction alone(state_->connection);
      alone.exec(std::string(text));
    }
    return {};
  } catch (...) {
    return fail(state_->failed(name, guard));
  }
}

Result<void> Session::begin(Isolation isolation) {
  ISHI_ASSERT(!state_->broken && !state_->transaction);
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, state_->silence, state_->epoch());
  try {
    if (isolation == Isolation::kReadCommitted) {
      state_->transaction = std::make_unique<pqxx::work>(state_->connection);
    } else {
      state_->transaction =
          std::make_unique<pqxx::transaction<pqxx::repeatable_read, pqxx::read_only>>(state_->connection);
    }
    return {};
  } catch (...) {
    return fail(state_->failed("begin", guard));
  }
}

Result<void> Session::commit() {
  ISHI_ASSERT(state_->transaction != nullptr);
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, state_->silence_at_commit, state_->epoch());
  try {
    const std::uint64_t warned = state_->warnings.count;
    state_->transaction->commit();
    state_->transaction.reset();
    // "canceling the wait for synchronous replication" is a success with a warning: written here, and perhaps only
    // here. No other warning at a commit is known; one that comes is no success either.
    if (state_->warnings.count != warned)
      return fail(ErrorKind::kOutcomeUnknown, "outcome_unknown",
                  "the database warned at the commit: a standby may not have it; retry with the same key");
    return {};
  } catch (...) {
    Error error = state_->failed("commit", guard);
    // Only a server that is still there can have refused. Otherwise it may have committed before it was lost.
    if (state_->broken || error.code == "database_client_error") {
      state_->broken = true;
      error = {ErrorKind::kOutcomeUnknown, "outcome_unknown",
               "the connection was lost in commit; retry with the same key"};
    }
    roll_back();
    return fail(std::move(error));
  }
}

void Session::roll_back() noexcept {
  state_->roll_back();
}

Result<void> Session::copy(const CopyTarget& target, std::size_t count,
                           const std::function<void(std::size_t, CopyRow&)>& fill) {
  ISHI_ASSERT(!state_->broken && state_->transaction != nullptr);
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, state_->silence, state_->epoch());
  try {
// Its successor stream_to escapes and joins every field anew, and takes tuples of a fixed length only. Our lines are
// ASCII and complete, so the older class's one fast door is all we need (measured: sql/README.md).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    pqxx::tablewriter stream(*state_->transaction, target.table, target.columns.begin(), target.columns.end());
#pragma GCC diagnostic pop
    CopyRow row;
    for (std::size_t i = 0; i < count; ++i) {
      row.clear();
      fill(i, row);
      ISHI_ASSERT(row.fields_ == target.columns.size());
      stream.write_raw_line(row.line_);
    }
    stream.complete();
    return {};
  } catch (...) {
    return fail(state_->failed(target.table, guard));
  }
}

Result<void> Session::listen(const std::string& channel) {
  ISHI_ASSERT(!state_->broken);
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, state_->silence, state_->epoch());
  try {
    state_->announcements = std::make_unique<AnyAnnouncement>(state_->connection, channel);
    return {};
  } catch (...) {
    return fail(state_->failed("listen", guard));
  }
}

Result<bool> Session::wait_for_announcement(std::chrono::milliseconds timeout) {
  ISHI_ASSERT(!state_->broken && state_->announcements != nullptr);
  // Waiting for news is no silence; this is for what the library may say besides.
  DeadlineWatch::Guard guard(*state_->watch, state_->socket, timeout + std::chrono::seconds(60));
  try {
    // It may have come with the answer to an earlier statement: waiting for it now would miss it.
    if (std::exchange(state_->announcements->heard, false)) return true;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds);
    state_->connection.await_notification(seconds.count(), rest.count());
    return std::exchange(state_->announcements->heard, false);
  } catch (...) {
    return fail(state_->failed("wait_for_announcement", guard));
  }
}

}  // namespace ishi::sql
