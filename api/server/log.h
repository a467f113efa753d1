// Log: what operators read. One JSON object per line on stderr: {"time":…,"level":…,"event":…, fields}. Fields are
// names of ours and numbers; a Token has no text form, so it cannot become one. Any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace spdlog {
class logger;
}

namespace ishi::api {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };
LogLevel parse_log_level(std::string_view name);  // kInfo for what it does not know

using LogValue = std::variant<std::int64_t, std::uint64_t, bool, std::string_view>;
using LogFields = std::initializer_list<std::pair<std::string_view, LogValue>>;

// `time` as RFC 3339; separate so that its form can be tested.
std::string log_line(std::string_view time, LogLevel level, std::string_view event, LogFields fields);

class Log {
 public:
  explicit Log(LogLevel level);
  ~Log();
  void debug(std::string_view event, LogFields fields = {}) const { write(LogLevel::kDebug, event, fields); }
  void info(std::string_view event, LogFields fields = {}) const { write(LogLevel::kInfo, event, fields); }
  void warn(std::string_view event, LogFields fields = {}) const { write(LogLevel::kWarn, event, fields); }
  void error(std::string_view event, LogFields fields = {}) const { write(LogLevel::kError, event, fields); }

 private:
  void write(LogLevel level, std::string_view event, LogFields fields) const;

  LogLevel level_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace ishi::api
