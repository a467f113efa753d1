#include "api/feeds/feed_request.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "api/messages/problem.h"

namespace ishi::api {
namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr std::uint64_t kReadAtATime = 5'000;

bool parse_number(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

Response respond(const FeedPage& page) {
  Response response;
  response.content_type = "application/x-ndjson";
  response.headers.emplace_back("Ishi-Position", std::to_string(page.position.events()));
  response.headers.emplace_back("Ishi-More", page.more ? "true" : "false");
  response.headers.emplace_back("Cache-Control", "no-store");
  response.body = page.lines;
  return response;
}

// A seat among those who wait; none left means: do not wait.
class Seat {
 public:
  Seat(std::atomic<int>& taken, int seats_max) : taken_(taken), seated_(taken.fetch_add(1) < seats_max) {}
  ~Seat() { taken_.fetch_sub(1); }
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  bool seated() const { return seated_; }

 private:
  std::atomic<int>& taken_;
  bool seated_;
};

}  // namespace

Result<FeedRequest> read_feed_request(const Request& request, const FeedLimits& limits) {
  FeedRequest read;
  std::uint64_t since = 0;
  if (!parse_number(request.query_value("since"), since)) {
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter",
                "since is a Position: 0 for the beginning, then the Ishi-Position of the last answer.");
  }
  read.since = Position(since);
  const std::string_view wait = request.query_value("wait");
  std::uint64_t seconds = 0;
  if (!wait.empty() &&
      (!parse_number(wait, seconds) || seconds > static_cast<std::uint64_t>(limits.wait_max.count()))) {
    return fail(ErrorKind::kInvalidArgument, "invalid_parameter",
                "wait is a number of seconds, 0.." + std::to_string(limits.wait_max.count()) + ".");
  }
  read.wait = std::chrono::seconds(seconds);
  return read;
}

Response LongPoll::answer(const Request& request,
                          const std::function<Result<FeedPage>(const View&, Position)>& page) const {
  Result<Response> response = run(request, page);
  return response ? std::move(*response) : problem_response(response.error(), request);
}

Result<Response> LongPoll::run(const Request& request,
                               const std::function<Result<FeedPage>(const View&, Position)>& page) const {
  const Result<FeedRequest> asked = read_feed_request(request, limits_);
  if (!asked) return fail(asked.error());
  const SteadyClock::time_point until = SteadyClock::now() + asked->wait;
  Result<View> view = strict_view();
  if (!view) return fail(view.error());
  if (asked->since > view->position) {
    return fail(ErrorKind::kInvalidArgument, "in_the_future",
                "since lies beyond the log, which ends at " + std::to_string(view->position.events()) + ".");
  }
  FeedPage got;
  got.position = asked->since;
  for (;;) {
    Result<FeedPage> next = page(*view, got.position);
    if (!next) return fail(next.error());
    got = std::move(*next);
    if (!got.lines.empty() || got.more || SteadyClock::now() >= until) return respond(got);
    const Seat seat(waiting_, limits_.waiting_max);
    if (!seat.seated() || stopping_) return respond(got);
    view = wait_beyond(got.position, until);
    if (!view) return fail(view.error());
    if (view->position == got.position) return respond(got);
  }
}

Result<View> LongPoll::strict_view() const {
  Freshness strict;
  strict.deadline = SteadyClock::now() + limits_.view_wait_max;
  return status_.view(strict);
}

Result<View> LongPoll::wait_beyond(Position seen, SteadyClock::time_point until) const {
  for (;;) {
    std::this_thread::sleep_until(std::min(until, SteadyClock::now() + limits_.look_again_after));
    Result<View> view = strict_view();
    if (!view || view->position > seen || stopping_ || SteadyClock::now() >= until) return view;
  }
}

Result<FeedPage> read_page(const EventLog& log, const FeedLimits& limits, const View& view, Position since,
                           const std::function<Result<std::size_t>(std::string& lines, const StoredEvent&)>& put) {
  FeedPage page;
  page.position = since;
  std::size_t lines = 0;
  std::size_t events_read = 0;
  while (page.position < view.position && lines < limits.lines_max && events_read < limits.events_read_max) {
    const std::uint64_t left = view.position.events() - page.position.events();
    const Result<std::vector<StoredEvent>> events = log.read(page.position.next_index(), std::min(left, kReadAtATime));
    if (!events) return fail(events.error());
    if (events->empty()) {
      page.position = view.position;
      break;
    }
    for (const StoredEvent& stored : *events) {
      if (lines >= limits.lines_max || !view.position.covers(stored.index)) break;
      const Result<std::size_t> written = put(page.lines, stored);
      if (!written) return fail(written.error());
      lines += *written;
      page.position = Position::after(stored.index);
      ++events_read;
    }
  }
  page.more = page.position < view.position;
  return page;
}

void put_json_text(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      continue;
    }
    if (character == '"' || character == '\\') out += '\\';
    out += character;
  }
  out += '"';
}

}  // namespace ishi::api
