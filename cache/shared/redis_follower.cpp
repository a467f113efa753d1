#include "cache/shared/redis_follower.h"

#include <algorithm>
#include <charconv>
#include <variant>

#include "cache/near/touched_tokens.h"
#include "registry/status/status_codec.h"

namespace ishi::cache {
namespace {

constexpr std::chrono::milliseconds kLookAround{20};  // has a reader met another Redis than before?
constexpr std::chrono::milliseconds kSweepPause{1};
constexpr std::uint64_t kSliceEvents = 2'000;     // caught up at a time
constexpr std::size_t kItemsPerExchange = 2'000;  // each exchange has a deadline of its own
constexpr const char* kSweepCount = "512";

std::string random_epoch(std::random_device& random) {
  const std::uint64_t number = std::uint64_t{random()} << 32 | random();
  char digits[16];
  std::fill(std::begin(digits), std::end(digits), '0');
  char text[16];
  const auto end = std::to_chars(text, text + sizeof text, number, 16).ptr;
  std::copy_backward(text, end, std::end(digits));
  return std::string(digits, sizeof digits);
}

}  // namespace

RedisFollower::RedisFollower(const EventLog& log, Projection& statuses, RedisCache& cache, Report report)
    : log_(log), statuses_(statuses), cache_(cache), report_(std::move(report)) {
  statuses_.collect_touched();
}

RedisFollower::~RedisFollower() {
  stop();
}

void RedisFollower::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void RedisFollower::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

RedisFollower::Stats RedisFollower::stats() const {
  const MutexLock lock(mutex_);
  return stats_;
}

void RedisFollower::begin_at(const Head& head) {
  hand_over({head, head, {}, false});
}

Result<void> RedisFollower::apply(const EventLog&, std::span<const StoredEvent> events) {
  if (events.empty()) return {};
  const bool erased = std::any_of(events.begin(), events.end(), [](const StoredEvent& stored) {
    return std::holds_alternative<RecordErased>(stored.event.body);
  });
  const Head upto{Position::after(events.back().index), events.back().event.registered_at};
  Head from;
  {
    const MutexLock lock(mutex_);
    from = handed_;
  }
  hand_over({from, upto, statuses_.take_touched(), erased});
  return {};
}

Position RedisFollower::position() const {
  const MutexLock lock(mutex_);
  return handed_.position;
}

// A batch that touched nobody is not free either.
std::size_t RedisFollower::cost_of(const Batch& batch) {
  return sizeof batch / sizeof(Token) + batch.touched.size();
}

void RedisFollower::hand_over(Batch batch) {
  const RedisSettings& settings = cache_.cluster().settings();
  const auto deadline = std::chrono::steady_clock::now() + settings.deadline;
  MutexLock lock(mutex_);
  const Position wanted = batch.upto.position;
  handed_ = batch.upto;
  incoming_tokens_ += cost_of(batch);
  incoming_.push_back(std::move(batch));
  while (incoming_.size() > 1 && incoming_tokens_ > settings.pending_tokens_max) {
    incoming_tokens_ -= cost_of(incoming_.front());
    incoming_.pop_front();  // it will be read from the log
  }
  changed_.notify_all();
  if (!statuses_.complete())
    changed_.wait_until(lock.native(), deadline,
                        [&]() ISHI_REQUIRES(mutex_) { return settled_ >= wanted || !worth_waiting_; });
}

void RedisFollower::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      const bool sweeping =
          std::any_of(shards_.begin(), shards_.end(), [](const Shard& shard) { return !shard.sweeping.empty(); });
      changed_.wait_for(lock.native(), stop, sweeping ? kSweepPause : kLookAround,
                        [&]() ISHI_REQUIRES(mutex_) { return !incoming_.empty(); });
    }
    take_batches();
    if (any_batch_) round(stop);
  }
  const MutexLock lock(mutex_);
  worth_waiting_ = false;
  changed_.notify_all();
}

void RedisFollower::take_batches() {
  std::deque<Batch> arrived;
  {
    const MutexLock lock(mutex_);
    arrived.swap(incoming_);
    incoming_tokens_ = 0;
  }
  for (Batch& batch : arrived) {
    if (!any_batch_ || batch.from.position != newest_.position) {
      window_.clear();
      window_tokens_ = 0;
      oldest_ = batch.from;
    }
    any_batch_ = true;
    newest_ = batch.upto;
    window_tokens_ += cost_of(batch);
    window_.push_back(std::move(batch));
  }
}

void RedisFollower::round(const std::stop_token& stop) {
  verify_shards();
  catch_up(stop);
  write_window();
  trim_window();
  sweep_some();
}

void RedisFollower::trim_window() {
  std::size_t in_step = 0;
  Position slowest = newest_.position;
  bool all_verified = true;
  for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
    const bool verified = cache_.verified(shard);
    all_verified = all_verified && verified;
    slowest = std::min(slowest, shards_[shard].state.applied);
    if (verified && shards_[shard].state.applied >= newest_.position) ++in_step;
  }
  const std::size_t tokens_max = cache_.cluster().settings().pending_tokens_max;
  while (!window_.empty() &&
         ((all_verified && window_.front().upto.position <= slowest) || window_tokens_ > tokens_max)) {
    window_tokens_ -= cost_of(window_.front());
    oldest_ = window_.front().upto;
    window_.pop_front();
  }
  if (const bool all = in_step == kRedisShards; report_ && all != reported_in_step_) {
    reported_in_step_ = all;
    report_(all, in_step);
  }
  const MutexLock lock(mutex_);
  settled_ = newest_.position;
  worth_waiting_ = in_step > 0;
  stats_.shards_in_step = in_step;
  stats_.batches_kept = window_.size();
  stats_.lag_events = newest_.position.events() - slowest.events();
  changed_.notify_all();
}

void RedisFollower::verify_shards() {
  for (int attempt = 0; attempt < 3; ++attempt) {
    bool all_verified = true;
    for (std::size_t shard = 0; shard < kRedisShards; ++shard) all_verified = all_verified && cache_.verified(shard);
    if (all_verified) return;
    const std::uint64_t connections_opened = cache_.cluster().connections_opened();
    const auto shards = cache_.read_shards();
    if (cache_.cluster().connections_opened() != connections_opened) continue;
    for (std::size_t shard = 0; shard < kRedisShards; ++shard)
      if (shards[shard]) compare(shard, *shards[shard], connections_opened);
  }
}

bool RedisFollower::compare(std::size_t shard, const std::optional<RedisShardState>& read,
                            std::uint64_t connections_opened) {
  if (!read || read->bits == 0 || !read->trusted) {
    found(shard, read ? read->epoch : "", oldest_);
    return false;
  }
  std::int64_t mark = 0;
  if (read->applied > Position()) {
    const auto last = log_.read(EventIndex(read->applied.events() - 1), 1);
    // A log that ends before is another one, an older copy, or a standby that lags: the next look will tell.
    if (!last || last->empty()) {
      cache_.invalidate(shard);
      return true;
    }
    mark = last->front().event.registered_at.microseconds();
  }
  if (mark != read->mark) {
    found(shard, read->epoch, oldest_);
    return false;
  }
  shards_[shard].state = *read;
  cache_.mark_verified(shard, *read, connections_opened);
  return true;
}

void RedisFollower::found(std::size_t shard, const std::string& old_epoch, const Head& at) {
  cache_.invalidate(shard);
  const RedisShardState state{random_epoch(random_), at.position, at.position, at.last_registered_at.microseconds(),
                              cache_.bits_wanted()};
  const RedisRequest request = cache_.found_request(shard, old_epoch, state);
  const auto replies = cache_.cluster().exchange({&request, 1});
  if (!replies.front() || replies.front()->kind != RedisReply::Kind::kInteger || replies.front()->integer != 1) return;
  shards_[shard].sweeping = "0";
  const MutexLock lock(mutex_);
  ++stats_.founded;
}

std::vector<RedisCache::Item> RedisFollower::items_of(std::span<const Token> tokens, Position upto) const {
  std::vector<RedisCache::Item> items;
  items.reserve(tokens.size());
  for (const Token& token : tokens) {
    RedisCache::Item& item = items.emplace_back(RedisCache::Item{token, {}});
    PersonStatus status;
    if (statuses_.find(newest_.position, token, status) != Projection::Seen::kFound || status.as_of > upto) continue;
    if (const auto bytes = encode_status(status, token); bytes && bytes->size() <= kRedisStatusBytesMax)
      item.bytes.assign(bytes->begin(), bytes->end());
  }
  return items;
}

void RedisFollower::catch_up(const std::stop_token& stop) {
  const std::size_t events_max = cache_.cluster().settings().catch_up_events_max;
  while (!stop.stop_requested()) {
    Position from = oldest_.position;
    for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
      const Position applied = shards_[shard].state.applied;
      if (!cache_.verified(shard) || applied >= oldest_.position) continue;
      if (oldest_.position.events() - applied.events() > events_max)
        found(shard, shards_[shard].state.epoch, oldest_);
      else
        from = std::min(from, applied);
    }
    if (from >= oldest_.position) return;
    const Position upto(std::min(from.events() + kSliceEvents, oldest_.position.events()));
    if (!catch_up_slice(from, upto)) return;
    take_batches();
  }
}

bool RedisFollower::catch_up_slice(Position from, Position upto) {
  const std::uint64_t count = upto.events() - from.events();
  const auto events = log_.read(from.next_index(), count);
  if (!events || events->size() != count) return false;
  const auto touched = tokens_touched_by(log_, *events, upto);
  if (!touched && touched.error().kind != ErrorKind::kTooLarge) return false;
  const bool start_anew = !touched || std::any_of(events->begin(), events->end(), [](const StoredEvent& stored) {
    return std::holds_alternative<RecordErased>(stored.event.body);
  });
  const Head end{upto, events->back().event.registered_at};
  std::array<std::vector<Token>, kRedisShards> by_shard;
  if (touched)
    for (const Token& token : *touched) by_shard[redis_shard_of(token)].push_back(token);
  std::vector<Change> changes;
  for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
    const RedisShardState& state = shards_[shard].state;
    if (!cache_.verified(shard) || state.applied < from || state.applied >= upto) continue;
    if (start_anew) {
      found(shard, state.epoch, oldest_);
      continue;
    }
    const auto items = items_of(by_shard[shard], upto);
    changes.push_back({shard, items.size(), cache_.apply_request(shard, state, from, end, items)});
  }
  send(changes);
  const bool all_written = std::all_of(changes.begin(), changes.end(), [&](const Change& change) {
    return shards_[change.shard].state.applied >= upto;
  });
  const MutexLock lock(mutex_);
  stats_.caught_up_events += all_written ? count : 0;
  return all_written;
}

void RedisFollower::write_window() {
  std::array<std::vector<Token>, kRedisShards> by_shard;
  std::array<const Batch*, kRedisShards> first{};
  std::array<bool, kRedisShards> start_anew{};
  for (const Batch& batch : window_) {
    for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
      const Position applied = shards_[shard].state.applied;
      if (!cache_.verified(shard) || applied < oldest_.position || applied >= batch.upto.position) continue;
      if (first[shard] == nullptr) first[shard] = &batch;
      start_anew[shard] = start_anew[shard] || batch.erased_something;
    }
    for (const Token& token : batch.touched)
      if (const std::size_t shard = redis_shard_of(token); first[shard] != nullptr) by_shard[shard].push_back(token);
  }
  std::vector<Change> changes;
  for (std::size_t shard = 0; shard < kRedisShards; ++shard) {
    if (first[shard] == nullptr) continue;
    if (start_anew[shard]) {
      found(shard, shards_[shard].state.epoch, newest_);
      continue;
    }
    std::vector<Token>& tokens = by_shard[shard];
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    const auto items = items_of(tokens, newest_.position);
    changes.push_back({shard, items.size(),
                       cache_.apply_request(shard, shards_[shard].state, first[shard]->from.position, newest_, items)});
  }
  if (changes.empty()) return;
  send(changes);
  const MutexLock lock(mutex_);
  ++stats_.batches;
}

void RedisFollower::send(std::span<const Change> changes) {
  while (!changes.empty()) {
    std::vector<RedisRequest> requests;
    std::size_t items = 0;
    for (const Change& change : changes) {
      if (!requests.empty() && items + change.items > kItemsPerExchange) break;
      requests.push_back(change.request);
      items += change.items;
    }
    const auto replies = cache_.cluster().exchange(requests);
    for (std::size_t i = 0; i < replies.size(); ++i) {
      const std::size_t shard = changes[i].shard;
      if (!replies[i]) {
        if (replies[i].error().code != "redis_skipped") cache_.count_error();
        continue;
      }
      const RedisReply& reply = *replies[i];
      if (reply.kind == RedisReply::Kind::kError) {
        cache_.count_error();
        if (RedisCache::is_foreign(reply)) found(shard, shards_[shard].state.epoch, oldest_);  // keys of its own again
      } else if (reply.items.size() == 2) {
        std::uint64_t applied = 0;
        const std::string& text = reply.items[1].text;
        std::from_chars(text.data(), text.data() + text.size(), applied);
        shards_[shard].state.applied = Position(applied);
      } else {
        cache_.invalidate(shard);  // flushed, or founded anew by another node
      }
    }
    changes = changes.subspan(requests.size());
  }
}

// One step for one shard: old fillings go while nobody waits for it.
void RedisFollower::sweep_some() {
  for (std::size_t number = 0; number < kRedisShards; ++number) {
    Shard& shard = shards_[number];
    if (shard.sweeping.empty() || !cache_.verified(number)) continue;
    const std::string prefix = cache_.key_prefix_of(number);
    const RedisRequest scan{
        redis_shard_slot(number), nullptr, {}, {"SCAN", shard.sweeping, "MATCH", prefix + "*", "COUNT", kSweepCount}};
    const auto replies = cache_.cluster().exchange({&scan, 1});
    if (!replies.front() || replies.front()->items.size() != 2) return;
    RedisRequest unlink{redis_shard_slot(number), nullptr, {}, {"UNLINK"}};
    for (const RedisReply& key : replies.front()->items[1].items)
      if (key.text != prefix + "meta" && !key.text.starts_with(prefix + shard.state.epoch))
        unlink.arguments.push_back(key.text);
    if (unlink.arguments.size() > 1)
      if (const auto unlinked = cache_.cluster().exchange({&unlink, 1}); !unlinked.front()) return;
    const std::string& cursor = replies.front()->items[0].text;
    shard.sweeping = cursor == "0" ? "" : cursor;
    return;
  }
}

}  // namespace ishi::cache
