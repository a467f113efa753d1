#include "api/server/log.h"

#include <chrono>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "registry/time.h"

namespace ishi::api {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
  }
  return "";
}

}  // namespace

LogLevel parse_log_level(std::string_view name) {
  for (const LogLevel level : {LogLevel::kDebug, LogLevel::kWarn, LogLevel::kError})
    if (name == name_of(level)) return level;
  return LogLevel::kInfo;
}

std::string log_line(std::string_view time, LogLevel level, std::string_view event, LogFields fields) {
  nlohmann::ordered_json json;
  json["time"] = time;
  json["level"] = name_of(level);
  json["event"] = event;
  for (const auto& [name, value] : fields)
    std::visit([&, &key = name](const auto& held) { json[std::string(key)] = held; }, value);
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Log::Log(LogLevel level)
    : level_(level),
      logger_(std::make_shared<spdlog::logger>("ishi", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::trace);
}
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view event, LogFields fields) const {
  if (level < level_) return;
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  logger_->info(log_line(to_iso(Timestamp(now.count())), level, event, fields));
}

}  // namespace ishi::api
