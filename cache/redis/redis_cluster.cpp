#include "cache/redis/redis_cluster.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "registry/assert.h"

namespace ishi::cache {
namespace {

using std::chrono::steady_clock;

constexpr int kRoundsMax = 4;  // sent, moved, asked, sent whole because the script was new there
constexpr std::size_t kNodesMax = 1'000;
constexpr std::chrono::milliseconds kLearnPause{100};

// "MOVED 3999 127.0.0.1:6381"
std::optional<std::pair<std::uint16_t, RedisAddress>> parse_redirection(std::string_view text,
                                                                        const RedisAddress& asked) {
  const std::size_t first = text.find(' '), second = text.find(' ', first + 1), colon = text.rfind(':');
  if (first == std::string_view::npos || second == std::string_view::npos || colon == std::string_view::npos ||
      colon < second)
    return std::nullopt;
  unsigned slot = 0;
  int port = 0;
  std::from_chars(text.data() + first + 1, text.data() + second, slot);
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  std::string host(text.substr(second + 1, colon - second - 1));
  if (host.empty()) host = asked.host;  // the one that answered does not know how it is reached
  if (slot >= kRedisSlots || port < 1 || port > 65'535) return std::nullopt;
  return std::pair(static_cast<std::uint16_t>(slot), RedisAddress{std::move(host), port});
}

RedisCommand command_of(const RedisRequest& request, bool whole_script) {
  if (request.script == nullptr) return request.arguments;
  RedisCommand command;
  command.reserve(3 + request.keys.size() + request.arguments.size());
  command.push_back(whole_script ? "EVAL" : "EVALSHA");
  command.push_back(whole_script ? request.script->lua : request.script->sha);
  command.push_back(std::to_string(request.keys.size()));
  command.insert(command.end(), request.keys.begin(), request.keys.end());
  command.insert(command.end(), request.arguments.begin(), request.arguments.end());
  return command;
}

}  // namespace

struct RedisCluster::PendingCommand {
  std::size_t index;  // of its request and reply
  const RedisRequest* request;
  Node node;  // null: the node that keeps the slot
  bool asking = false, whole_script = false, done = false;
};

RedisCluster::RedisCluster(RedisSettings settings) : settings_(std::move(settings)), by_slot_(kRedisSlots) {
  ISHI_ASSERT(!settings_.addresses.empty());
  if (!settings_.cluster) {
    std::fill(by_slot_.begin(), by_slot_.end(), node_at(settings_.addresses.front()));
    map_is_old_ = false;
  }
}

RedisCluster::Node RedisCluster::node_at(const RedisAddress& address) const {
  const MutexLock lock(mutex_);
  Node& node = nodes_[address];
  if (!node) node = std::make_shared<RedisNode>(address, settings_);
  return node;
}

RedisCluster::Node RedisCluster::node_of(std::uint16_t slot) const {
  const MutexLock lock(mutex_);
  return by_slot_[slot];
}

void RedisCluster::move(std::uint16_t slot, const Node& node) const {
  const MutexLock lock(mutex_);
  by_slot_[slot] = node;
  map_is_old_ = true;  // where one has moved, others have
}

bool RedisCluster::take_map(const RedisReply& reply, const RedisAddress& asked) const {
  if (reply.kind != RedisReply::Kind::kList || reply.items.empty()) return false;
  std::vector<Node> by_slot(kRedisSlots);
  for (const RedisReply& range : reply.items) {
    if (range.items.size() < 3 || range.items[2].items.size() < 2) return false;
    const std::int64_t first = range.items[0].integer, last = range.items[1].integer;
    const std::string& host = range.items[2].items[0].text;
    const std::int64_t port = range.items[2].items[1].integer;
    if (first < 0 || last < first || last >= kRedisSlots || port < 1 || port > 65'535) return false;
    const Node node = node_at({host.empty() ? asked.host : host, static_cast<int>(port)});
    std::fill(by_slot.begin() + first, by_slot.begin() + last + 1, node);
  }
  const MutexLock lock(mutex_);
  by_slot_ = std::move(by_slot);
  map_is_old_ = false;
  if (nodes_.size() > kNodesMax) std::erase_if(nodes_, [](const auto& known) { return known.second.use_count() == 1; });
  return true;
}

// Asks the nodes known so far and then the seeds, until one answers.
void RedisCluster::learn_slots(RedisDeadline deadline) const {
  std::vector<Node> to_ask;
  {
    const MutexLock lock(mutex_);
    if (!map_is_old_ || steady_clock::now() < learn_again_at_) return;
    learn_again_at_ = steady_clock::now() + kLearnPause;
    for (const auto& [address, node] : nodes_) to_ask.push_back(node);
  }
  // A server may have it wrong for long (one that imports a slot is not informed that the slot's keeper has changed):
  // each is the first to be asked now and then.
  if (!to_ask.empty())
    std::rotate(to_ask.begin(), to_ask.begin() + static_cast<std::ptrdiff_t>(maps_asked_++ % to_ask.size()),
                to_ask.end());
  for (const RedisAddress& seed : settings_.addresses) to_ask.push_back(node_at(seed));
  for (const Node& node : to_ask) {
    // One that is frozen must not use up the time of those behind it.
    const auto share = std::min(deadline, steady_clock::now() + settings_.deadline / 4);
    auto lease = node->lease(share);
    if (!lease) continue;
    if (lease->fresh()) connections_opened_.fetch_add(1);
    (*lease)->send({"CLUSTER", "SLOTS"});
    auto replies = (*lease)->receive(share);
    if (!replies)
      lease->failed();
    else if (take_map(replies->front(), node->address()))
      return;
  }
}

void RedisCluster::follow_redirection(PendingCommand& command, const RedisReply& reply) const {
  const auto target = parse_redirection(reply.text, command.node->address());
  if (!target) {
    command.done = true;
    return;
  }
  const Node node = node_at(target->second);
  command.asking = reply.is_error("ASK ");
  if (!command.asking) move(target->first, node);
  command.node = node;
}

// The commands of one round that go to one server, over one connection.
struct RedisCluster::Visit {
  Node node;
  std::vector<PendingCommand*> commands;
  std::optional<RedisNode::Lease> lease;  // none: it cannot be reached
};

void RedisCluster::mark_map_old() const {
  const MutexLock lock(mutex_);
  map_is_old_ = true;
}

std::vector<RedisCluster::Visit> RedisCluster::visits_for(std::vector<PendingCommand>& commands) const {
  std::vector<Visit> visits;
  for (PendingCommand& command : commands) {
    if (!command.node) command.node = node_of(command.request->slot);
    if (!command.node) {
      mark_map_old();  // nobody is known to keep this slot; another server may know
      continue;
    }
    const auto visit =
        std::find_if(visits.begin(), visits.end(), [&](const Visit& known) { return known.node == command.node; });
    if (visit != visits.end()) {
      visit->commands.push_back(&command);
    } else {
      visits.push_back({command.node, {&command}, std::nullopt});
    }
  }
  return visits;
}

void RedisCluster::send_commands(Visit& visit, Replies& replies, RedisDeadline deadline) const {
  auto lease = visit.node->lease(deadline);
  if (!lease) return fail_visit(visit, lease.error(), replies);
  if (lease->fresh()) connections_opened_.fetch_add(1);
  visit.lease.emplace(std::move(*lease));
  for (const PendingCommand* command : visit.commands) {
    if (command->asking) (*visit.lease)->send({"ASKING"});
    (*visit.lease)->send(command_of(*command->request, command->whole_script));
  }
  (*visit.lease)->push();
}

void RedisCluster::receive_replies(Visit& visit, Replies& replies, RedisDeadline deadline) const {
  if (!visit.lease) return;
  auto received = (*visit.lease)->receive(deadline);
  if (!received) {
    visit.lease->failed();
    return fail_visit(visit, received.error(), replies);
  }
  std::size_t next = 0;
  for (PendingCommand* command : visit.commands) {
    next += command->asking ? 1 : 0;  // the reply to ASKING
    RedisReply& reply = (*received)[next++];
    take_reply(*command, reply);
    replies[command->index] = std::move(reply);
  }
}

void RedisCluster::fail_visit(const Visit& visit, const Error& error, Replies& replies) const {
  for (const PendingCommand* command : visit.commands) replies[command->index] = fail(error);
  if (settings_.cluster) mark_map_old();  // another server may take its place
}

void RedisCluster::take_reply(PendingCommand& command, const RedisReply& reply) const {
  command.done = true;
  if (reply.is_error("NOSCRIPT") && command.request->script != nullptr && !command.whole_script) {
    command.whole_script = true;
    command.done = false;
  } else if (reply.is_error("MOVED ") || reply.is_error("ASK ")) {
    command.done = false;
    follow_redirection(command, reply);
  } else if (reply.is_error("CLUSTERDOWN")) {
    mark_map_old();
  }
}

// All servers get their commands before the first reply is waited for, so that they work at the same time.
void RedisCluster::run_round(std::vector<PendingCommand>& commands, Replies& replies, RedisDeadline deadline) const {
  std::vector<Visit> visits = visits_for(commands);
  for (Visit& visit : visits) send_commands(visit, replies, deadline);
  for (Visit& visit : visits) receive_replies(visit, replies, deadline);
  // A server that failed is not tried again within one exchange: it gets a rest, and the caller its answer.
  std::erase_if(commands, [&](const PendingCommand& command) { return command.done || !replies[command.index]; });
}

std::vector<Result<RedisReply>> RedisCluster::exchange(std::span<const RedisRequest> requests) const {
  const RedisDeadline deadline = steady_clock::now() + settings_.deadline;
  Replies replies(requests.size(),
                  fail(ErrorKind::kUnavailable, "redis_away", "no Redis server is known to keep this slot"));
  std::vector<PendingCommand> commands;
  commands.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i)
    commands.push_back({.index = i, .request = &requests[i], .node = nullptr});
  for (int round = 0; round < kRoundsMax && !commands.empty(); ++round) {
    if (settings_.cluster) learn_slots(deadline);
    run_round(commands, replies, deadline);
  }
  return replies;
}

}  // namespace ishi::cache
