// Japanese eras (元号), as people write dates of birth (LAW.md 12.3). Pure; any thread; no allocation for parsing.
//   明治 from 1868-01-25, 大正 1912-07-30, 昭和 1926-12-25, 平成 1989-01-08, 令和 2019-05-01.
// The first day of an era belongs to it, so 昭和64年 ends on 7 January. All dates are Gregorian, those before 1873 too
// (Japan then had another calendar; who writes a 明治 5 date from an old register converts it first).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "registry/time.h"

namespace ishi {

// 昭和64年1月7日, 令和元年5月1日, S64.01.07, R8/11/20, h1-1-8, S640107, ㍼64年1月7日. Full width and blanks are fine.
// The era is its name, its one-character form or its letter (M T S H R); the separators are 年月日, or two alike of . /
// -, or none with six digits. nullopt for anything else, for a day that does not exist, for one outside its era and for
// text of more than 128 bytes.
std::optional<CivilDate> parse_era_date(std::string_view text);

std::string to_era_year(CivilDate date);       // 令和8年, 令和元年; empty before 明治
std::string to_era_date(CivilDate date);       // 令和8年11月20日; without an era before 明治: 1867年11月20日
std::string to_date_with_era(CivilDate date);  // 2026年11月20日(令和8年)
std::string to_birth_date_with_era(CivilDate date);  // 1956年(昭和31年)3月4日

}  // namespace ishi
