#include "sql/log/timeline_gate.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "sql/session/standby_names.h"

namespace ishi::sql {
namespace {

// The standbys that are always waited for, as synchronous_standby_names would say it: 2("a","b").
std::string stored_form(std::string_view synchronous_standby_names) {
  auto names = standbys_always_waited_for(synchronous_standby_names);
  if (names.empty()) return "";
  std::sort(names.begin(), names.end());
  std::string text = std::to_string(names.size()) + "(";
  for (const std::string& name : names) {
    text += text.ends_with('(') ? "\"" : ",\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    text += '"';
  }
  return text + ")";
}

bool fewer(std::string_view stored, std::string_view synchronous_standby_names) {
  if (stored.empty()) return false;
  const auto now = standbys_always_waited_for(synchronous_standby_names);
  const auto before = standbys_always_waited_for(stored);
  return before.empty() || !std::all_of(before.begin(), before.end(), [&](const std::string& name) {
           return std::find(now.begin(), now.end(), name) != now.end();
         });
}

void wait_until_nobody_believes() {
  std::this_thread::sleep_for(kHeadLeaseMax + kGateMargin);
}

}  // namespace

bool gate_is_open(const Waiting& stored, const Waiting& here) {
  return stored.timeline == here.timeline && !fewer(stored.standbys, here.standbys);
}

Result<std::string> pass_gate(Session& session, const Waiting& stored, const Waiting& here) {
  std::string standbys = stored_form(here.standbys);
  if (!gate_is_open(stored, here)) wait_until_nobody_believes();
  if (stored.timeline == here.timeline && stored.standbys == standbys) return standbys;
  auto opened = session.run(kOpenGate, Parameters().text(here.timeline).text(standbys));
  if (!opened) return fail(opened.error());
  return standbys;
}

Result<void> wait_if_fewer_waited(Session& session, const std::string& standbys) {
  if (standbys.empty()) return {};
  const auto now = session.run(kWaitedFor);
  if (!now) return fail(now.error());
  if (fewer(standbys, now->text(0, 0))) wait_until_nobody_believes();
  return {};
}

}  // namespace ishi::sql
