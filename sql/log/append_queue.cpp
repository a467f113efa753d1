#include "sql/log/append_queue.h"

#include <algorithm>

namespace ishi::sql {
namespace {

// What a request holds in memory, roughly; only policy documents are long.
std::size_t bytes_of(const AppendRequest& request) {
  std::size_t bytes = sizeof(AppendRequest) + request.answer.size() + request.bodies.size() * 2 * sizeof(EventBody);
  for (const EventBody& body : request.bodies) {
    const auto* policy = std::get_if<PolicyPublished>(&body);
    if (policy == nullptr) continue;
    for (const PolicyDocument& document : policy->documents) bytes += document.name.size() + document.text.size();
  }
  return bytes;
}

}  // namespace

Result<Appended> AppendQueue::submit(AppendRequest request, std::chrono::milliseconds wait_max) {
  auto waiting = std::make_shared<WaitingAppend>();
  waiting->bytes = bytes_of(request);
  waiting->request = std::move(request);
  MutexLock lock(mutex_);
  if (closed_) return fail(ErrorKind::kUnavailable, "stopping", "this server is stopping; try again");
  // A request above bytes_max_ would never fit; alone it may.
  if (waiting_.size() >= requests_max_ || (!waiting_.empty() && bytes_ + waiting->bytes > bytes_max_)) {
    return fail(ErrorKind::kUnavailable, "append_queue_full", "too many writes are waiting; try again in a moment");
  }
  bytes_ += waiting->bytes;
  waiting_.push_back(waiting);
  arrived_.notify_one();
  if (waiting->answered.wait_for(lock.native(), wait_max, [&] { return waiting->answer.has_value(); }))
    return *waiting->answer;
  if (waiting->taken) {
    return fail(ErrorKind::kOutcomeUnknown, "append_slow", "the write is still under way; retry with the same key");
  }
  std::erase(waiting_, waiting);
  bytes_ -= waiting->bytes;
  return fail(ErrorKind::kUnavailable, "append_waited_too_long", "the database is too slow or away; try again");
}

AppendGroup AppendQueue::take_group(std::size_t events_max) {
  MutexLock lock(mutex_);
  arrived_.wait(lock.native(), [this]() ISHI_REQUIRES(mutex_) { return closed_ || !waiting_.empty(); });
  AppendGroup group;
  std::size_t events = 0;
  while (!waiting_.empty()) {
    const std::size_t more = waiting_.front()->request.bodies.size();
    if (!group.empty() && events + more > events_max) break;
    events += more;
    bytes_ -= waiting_.front()->bytes;
    waiting_.front()->taken = true;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return group;
}

void AppendQueue::answer(const std::shared_ptr<WaitingAppend>& waiting, Result<Appended> answer) {
  const MutexLock lock(mutex_);
  waiting->answer = std::move(answer);
  waiting->answered.notify_all();
}

void AppendQueue::close() {
  const MutexLock lock(mutex_);
  closed_ = true;
  arrived_.notify_all();
}

}  // namespace ishi::sql
