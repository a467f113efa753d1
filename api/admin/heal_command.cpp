#include "api/admin/heal_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "api/auth/api_keys.h"
#include "api/host/durable_file.h"
#include "api/host/system_clock.h"
#include "api/server/config.h"
#include "registry/commands/clocks/heal_times.h"
#include "registry/policy/reading/policy_text.h"
#include "sql/log/pg_event_log.h"

namespace ishi::api {
namespace {

constexpr int kHealed = 0, kToHeal = 1, kNotUsable = 2, kNoDatabase = 3;
constexpr std::size_t kKeyFileBytesMax = 1'024;
constexpr std::chrono::seconds kClocksDifferMax{2};

struct HealWish {
  std::string config_path, key_file, ground;
  bool dry_run = false;
};

int heal_failed(int status, const std::string& why) {
  std::fprintf(stderr, "ishi audit heal: %s\n", why.c_str());
  return status;
}

Result<std::shared_ptr<const PolicyBook>> book_in_force(const EventLog& log, Position upto) {
  const auto latest = log.latest_policy(upto);
  if (!latest) return fail(latest.error());
  if (!*latest) return fail(ErrorKind::kUnavailable, "no_policy", "no policy is published: nobody's key is known");
  const auto read = log.read(**latest, 1);
  if (!read) return fail(read.error());
  const auto* published = read->empty() ? nullptr : std::get_if<PolicyPublished>(&read->front().event.body);
  if (published == nullptr) return fail(ErrorKind::kCorrupt, "policy_missing", "the log names a policy that is none");
  auto reading = read_policy(published->documents);
  if (!reading.book) return fail(ErrorKind::kCorrupt, "policy_missing", "the log holds a policy that cannot be read");
  return std::move(reading.book);
}

Result<Principal> who_asks(const EventLog& log, const Clock& clock, const std::string& key_file) {
  auto key = read_if_there(key_file, kKeyFileBytesMax);
  if (!key) return fail(key.error());
  if (!*key) return fail(ErrorKind::kInvalidArgument, "file_unreadable", key_file + ": is not there");
  while (!(*key)->empty() && ((*key)->back() == '\n' || (*key)->back() == '\r')) (*key)->pop_back();
  const auto head = log.head();
  if (!head) return fail(head.error());
  const auto book = book_in_force(log, head->position);
  if (!book) return fail(book.error());
  Request request;
  request.headers.emplace_back("Authorization", "Bearer " + **key);
  return ApiKeys(clock).authenticate(request, *book);
}

int heal(const HealWish& wish) {
  const auto config = read_config_file(wish.config_path);
  if (!config) return heal_failed(kNotUsable, config.error().detail);
  const SystemClock clock;
  const auto log = sql::make_pg_log({.connection_string = config->database.connection,
                                     .role = config->database.role,
                                     .clock_difference_max = kClocksDifferMax},
                                    clock);
  const Timestamp now = clock.now();
  const auto ahead = find_times_ahead(*log, now);
  if (!ahead) return heal_failed(kNoDatabase, ahead.error().detail);
  if (!*ahead) {
    std::printf("no event is dated ahead of time\n");
    return kHealed;
  }
  std::printf("ahead of time  %llu events from no. %llu on, the last by %lld s\n",
              static_cast<unsigned long long>((*ahead)->count),
              static_cast<unsigned long long>((*ahead)->first.value()),
              static_cast<long long>(((*ahead)->last.microseconds() - now.microseconds()) / 1'000'000));
  if (wish.dry_run) return kToHeal;
  const auto principal = who_asks(*log, clock, wish.key_file);
  if (!principal)
    return heal_failed(principal.error().kind == ErrorKind::kUnavailable ? kNoDatabase : kNotUsable,
                       principal.error().detail);
  CommandBatch batch;
  const Actor actor{principal->role, {}, principal->id};
  const PolicyBook nothing_of_it;
  const auto judged = heal_times({nothing_of_it, actor, now}, *ahead, {wish.ground}, batch);
  if (!judged)
    return heal_failed(kNotUsable, std::string(name_of(judged.error().code)) + " " + std::string(judged.error().field));
  if (batch.events.empty()) return kHealed;
  AppendRequest request;
  request.bodies = std::move(batch.events);
  request.caller = principal->id;
  const auto appended = log->append(std::move(request));
  if (!appended) return heal_failed(kNoDatabase, appended.error().detail);
  std::printf("healed         by event no. %llu\n", static_cast<unsigned long long>(appended->first.value()));
  return kHealed;
}

}  // namespace

int run_heal(std::span<const std::string> arguments) {
  CLI::App app("ishi audit heal: an event that says which times of the log are not to be believed", "ishi audit heal");
  HealWish wish;
  app.footer(
      "Example:\n  ishi audit heal --config /etc/ishi/ishi.toml --dry-run\nPut every clock right first: the procedure "
      "is "
      "\"A clock was wrong\" in ops/README.md.");
  app.add_option("--config", wish.config_path, "the server's configuration file: its database is healed")->required();
  auto* dry_run = app.add_flag("--dry-run", wish.dry_run, "say what would be healed, and write nothing");
  app.add_option("--key-file", wish.key_file, "the key of a REGISTRY_KEYHOLDER, which two people hold halves of")
      ->excludes(dry_run);
  app.add_option("--ground", wish.ground, "what happened, for auditors; it stays in the log")->excludes(dry_run);
  std::vector<std::string> reversed(arguments.begin(), arguments.end());
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kHealed : kNotUsable;
  }
  if (!wish.dry_run && (wish.key_file.empty() || wish.ground.empty()))
    return heal_failed(kNotUsable, "--key-file and --ground are needed, or --dry-run");
  return heal(wish);
}

}  // namespace ishi::api
