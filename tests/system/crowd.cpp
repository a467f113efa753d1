#include "tests/system/crowd.h"

#include <chrono>
#include <optional>
#include <random>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "registry/identifiers/token.h"

namespace ishi::testing {
namespace {

using namespace std::chrono_literals;
constexpr auto kPause = 10ms;  // after a refusal or a lost connection

std::string hex_token(std::mt19937_64& random) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 32; ++i) text += kDigits[random() % 16];
  return text;
}

std::uint64_t number_in(std::string_view text) {
  return text.empty() ? 0 : std::stoull(std::string(text));
}

}  // namespace

Nanoseconds steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

// One caller's connections, one to each server, made anew when a server has moved.
class Crowd::Caller {
 public:
  Caller(const Crowd& crowd, std::string key) : crowd_(crowd), key_(std::move(key)), connections_(crowd.urls_.size()) {}
  Result<client::HttpReply> send(std::size_t server, const client::HttpRequest& request) {
    Connection& connection = connections_[server];
    if (std::string url = crowd_.url_of(server); url != connection.url) {
      auto made = client::connect({.server = url, .key = key_, .connect_wait_max = 2s, .exchange_wait_max = 20s});
      if (!made) return fail(made.error());
      connection = {std::move(url), std::move(*made)};
    }
    return connection.client->send(request);
  }

 private:
  struct Connection {
    std::string url;
    std::unique_ptr<client::HttpClient> client;
  };
  const Crowd& crowd_;
  const std::string key_;
  std::vector<Connection> connections_;
};

Crowd::Crowd(const Stack& stack, const std::vector<const Stack::Server*>& servers, CrowdOptions options)
    : options_(options), writer_key_(stack.key_of("registry-ops")), asker_key_(stack.key_of("minister")) {
  for (const Stack::Server* server : servers) urls_.push_back(server->url());
  std::mt19937_64 random(options_.seed);
  for (std::uint32_t i = 0; i < options_.people; ++i) {
    tokens_.push_back(hex_token(random));
    batch_body_.append(reinterpret_cast<const char*>(Token::parse_hex(tokens_.back())->bytes().data()),
                       Token::kSizeBytes);
  }
  tell_everybody(stack);
}

void Crowd::tell_everybody(const Stack& stack) {
  const auto book = stack.book();
  for (const auto& [id, shown] : book->templates) {
    if (shown.regime != "NGMIA_ANON" || !shown.effective.contains(CivilDate::of(2026, 9, 1)) ||
        !shown.categories.empty())
      continue;
    letter_ = id;
    holder_ = shown.holder;
    break;
  }
  if (holder_.empty())
    for (const auto& [code, institution] : book->institutions)
      for (const auto& filing : institution.filings)
        if (filing.regime == "NGMIA_ANON" && filing.valid.contains(CivilDate::of(2026, 11, 1))) holder_ = code;
  std::string body;
  for (const std::string& token : tokens_)
    body += R"({"token":")" + token + R"(","holder":")" + holder_ + R"(","regime":"NGMIA_ANON","template":")" +
            letter_ + R"(","method":"N1","date":"2026-09-01"})" + "\n";
  Caller caller(*this, writer_key_);
  const auto reply =
      caller.send(0, {.target = "/v1/notices?atomic=true", .content_type = "application/x-ndjson", .body = body});
  if (!reply || reply->status != 200)
    throw std::runtime_error("the crowd could not be told: " + (reply ? reply->body : reply.error().detail));
  // Every server has heard of it before anything begins.
  Caller asker(*this, asker_key_);
  const std::string target =
      "/v1/filter?" +
      client::query_string(
          {{"regime", "NGMIA_ANON"}, {"categories", "RECEIPT"}, {"holder", holder_}, {"answer", "counts"}});
  for (std::size_t server = 0; server < urls_.size(); ++server) {
    const auto asked =
        asker.send(server, {.target = target, .content_type = "application/octet-stream", .body = batch_body_});
    if (!asked || asked->status != 200)
      throw std::runtime_error("a server cannot be asked: " + (asked ? asked->body : asked.error().detail));
  }
}

std::string Crowd::url_of(std::size_t server) const {
  const std::lock_guard lock(mutex_);
  return urls_[server];
}

void Crowd::server_is_at(std::size_t server, std::string url) {
  const std::lock_guard lock(mutex_);
  urls_[server] = std::move(url);
}

void Crowd::start() {
  for (std::size_t i = 0; i < options_.writers; ++i) threads_.emplace_back([this, i] { write(i); });
  for (std::size_t i = 0; i < options_.batch_askers; ++i) threads_.emplace_back([this, i] { ask_in_batches(i); });
  for (std::size_t i = 0; i < options_.single_askers; ++i) threads_.emplace_back([this, i] { ask_singly(i); });
}

void Crowd::stop() {
  stopping_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

std::vector<std::pair<std::string, std::string>> Crowd::asking_headers() const {
  if (options_.staleness_max.empty()) return {};
  return {{"Ishi-Max-Staleness", options_.staleness_max}};
}

void Crowd::surprise(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (surprises_.size() < 20) surprises_.push_back(what);
}

WishHistory Crowd::history() const {
  WishHistory history(options_.people);
  for (const WishWrite& write : written_) history.add(write);
  for (const WishRead& read : told_) history.add(read);
  return history;
}

void Crowd::write(std::size_t writer) {
  std::mt19937_64 random(options_.seed * 31 + writer);
  Caller caller(*this, writer_key_);
  struct Mine {
    bool objects = false;
    std::uint64_t receipt = 0;
  };
  std::vector<Mine> mine(options_.people);
  std::size_t server = writer % urls_.size();
  const auto mine_count = options_.people / static_cast<std::uint32_t>(options_.writers);
  for (std::uint64_t number = 0; !stopping_; ++number) {
    const auto person = static_cast<std::uint32_t>(random() % mine_count * options_.writers + writer);
    Mine& now = mine[person];
    std::string body = R"({"token":")" + tokens_[person] + '"';
    if (now.objects) body += ",\"birth_date\":\"1970-01-01\",\"objection\":" + std::to_string(now.receipt);
    body += "}\n";
    const client::HttpRequest request{
        .target = now.objects ? "/v1/withdrawals" : "/v1/objections",
        .content_type = "application/x-ndjson",
        .headers = {{"Idempotency-Key", "crowd-" + std::to_string(writer) + "-" + std::to_string(number)}},
        .body = body};
    WishWrite write{person, !now.objects, steady_now(), kNever, 0};
    for (;;) {
      const auto reply = caller.send(server, request);
      const bool done = reply && reply->status == 200;
      {
        const std::lock_guard lock(mutex_);
        write_attempts_.push_back({steady_now(), done});
      }
      if (done) {
        const auto json = nlohmann::json::parse(reply->body, nullptr, false);
        write.acknowledged = steady_now();
        write.event = json.at("results").at(0).at("receipt").get<std::uint64_t>();
        break;
      }
      if (reply && reply->status != 503) {
        surprise(request.target + ": " + std::to_string(reply->status) + " " + reply->body);
        break;
      }
      server = (server + 1) % urls_.size();
      std::this_thread::sleep_for(kPause);
    }
    now = {write.objects, write.event};
    const std::lock_guard lock(mutex_);
    written_.push_back(write);
    if (write.acknowledged == kNever) return;  // it was refused, which is a surprise already
  }
}

void Crowd::ask_in_batches(std::size_t asker) {
  Caller caller(*this, asker_key_);
  const std::string target =
      "/v1/filter?" +
      client::query_string(
          {{"regime", "NGMIA_ANON"}, {"categories", "RECEIPT"}, {"holder", holder_}, {"answer", "reasons"}});
  while (!stopping_) {
    WishRead read;
    read.server = asker % urls_.size();
    read.invoked = steady_now();
    const auto reply = caller.send(read.server, {.target = target,
                                                 .content_type = "application/octet-stream",
                                                 .headers = asking_headers(),
                                                 .body = batch_body_});
    read.answered = steady_now();
    const bool answered = reply && reply->status == 200 && reply->body.size() == options_.people;
    bool surprising = reply && !answered && reply->status != 503;
    if (answered) {
      read.position = number_in(reply->header("Ishi-Position"));
      for (const char code : reply->body) {
        surprising = surprising || (code != 0 && code != 1);
        read.allowed.push_back(code == 0);
      }
      checks_ += options_.people;
    }
    if (surprising)
      surprise(target + ": " + std::to_string(reply->status) + " " + (answered ? "an unexpected code" : reply->body));
    {
      const std::lock_guard lock(mutex_);
      read_attempts_.push_back({read.answered, answered});
      if (answered) told_.push_back(std::move(read));
    }
    if (!answered) std::this_thread::sleep_for(kPause);
  }
}

void Crowd::ask_singly(std::size_t asker) {
  std::mt19937_64 random(options_.seed * 41 + asker);
  Caller caller(*this, asker_key_);
  const std::string question =
      "?" + client::query_string({{"regime", "NGMIA_ANON"}, {"categories", "RECEIPT"}, {"holder", holder_}});
  while (!stopping_) {
    const auto person = static_cast<std::uint32_t>(random() % options_.people);
    WishRead read;
    read.server = asker % urls_.size();
    read.first_person = person;
    read.invoked = steady_now();
    const auto reply = caller.send(
        read.server,
        {.method = "GET", .target = "/v1/status/" + tokens_[person] + question, .headers = asking_headers()});
    read.answered = steady_now();
    const bool answered = reply && reply->status == 200;
    bool surprising = reply && !answered && reply->status != 503;
    if (answered) {
      read.position = number_in(reply->header("Ishi-Position"));
      const bool allow = reply->body.find("\"code\":\"ALLOW\"") != std::string::npos;
      surprising = !allow && reply->body.find("\"code\":\"DENY_OPTOUT\"") == std::string::npos;
      read.allowed.push_back(allow);
      ++checks_;
    }
    if (surprising) surprise("a single question: " + std::to_string(reply->status) + " " + reply->body);
    {
      const std::lock_guard lock(mutex_);
      read_attempts_.push_back({read.answered, answered});
      if (answered) told_.push_back(std::move(read));
    }
    if (!answered) std::this_thread::sleep_for(kPause);
  }
}

}  // namespace ishi::testing
