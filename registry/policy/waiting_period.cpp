#include "registry/policy/waiting_period.h"

#include <algorithm>
#include <chrono>

namespace ishi {
namespace {

CivilDate to_civil(std::chrono::sys_days days) {
  return CivilDate(static_cast<std::int32_t>(days.time_since_epoch().count()));
}

// The period starts the day after the notice and ends the day before the corresponding day; where that day does not
// exist, it ends with the month (民法 143(2)). Either way the answer is the day after the period's last day.
CivilDate after_months(CivilDate notice, int months) {
  const std::chrono::year_month_day start = notice.plus_days(1).year_month_day();
  const std::chrono::year_month target = start.year() / start.month() + std::chrono::months(months);
  const std::chrono::year_month_day corresponding = target / start.day();
  if (corresponding.ok()) return to_civil(std::chrono::sys_days(corresponding));
  return to_civil(std::chrono::sys_days(target / std::chrono::last)).plus_days(1);
}

CivilDate after_days(CivilDate notice, int days) {
  return notice.plus_days(days + 1);
}

}  // namespace

CivilDate allowed_from(const WaitRule& rule, CivilDate notice) {
  switch (rule.mode) {
    case WaitMode::kDays: return after_days(notice, rule.days);
    case WaitMode::kMonth: return after_months(notice, rule.months);
    case WaitMode::kMax: break;
  }
  return std::max(after_days(notice, rule.days), after_months(notice, rule.months));
}

CivilDate allowed_from(const Regime& regime, const Institution* institution, CivilDate notice) {
  const CivilDate by_regime = allowed_from(regime.wait, notice);
  if (institution == nullptr || !institution->wait) return by_regime;
  return std::max(by_regime, allowed_from(*institution->wait, notice));
}

}  // namespace ishi
