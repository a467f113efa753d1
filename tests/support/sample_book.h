// A small policy book for tests, made in C++ so that the rules can be tested without reading a document: seven
// regimes of every control model, hospitals in every state, operators, letters, a campaign. Names are easy to say;
// sample:: gives the codes behind them. Change a copy, never the sample.
#pragma once

#include <string>
#include <string_view>

#include "registry/policy/policy_book.h"

namespace ishi::sample {

// Hospitals. All have filings for both NGMIA regimes and ETHICS_OPTOUT from 2018/2024 unless said otherwise.
inline constexpr const char* kAoba = "1312345679";     // everything in order
inline constexpr const char* kBotan = "2710000015";    // promised one month (MAX); NGMIA_ANON filing ended 2026-07-01
inline constexpr const char* kChidori = "2312345008";  // successor of kDaichi since 2026-04-01, notice recorded
inline constexpr const char* kDaichi = "0110113719";   // old code of kChidori
inline constexpr const char* kEbisu = "1310001019";    // closed on 2026-06-01
inline constexpr const char* kFuji = "1310002025";     // suspended
inline constexpr const char* kGinza = "1310003031";    // successor of kHama since 2026-04-01, no notice recorded
inline constexpr const char* kHama = "1310004047";     // old code of kGinza
inline constexpr const char* kIzumi = "1310005051";    // no filing at all

// Operators.
inline constexpr const char* kSakura = "OP-SAKURA";    // certified for both NGMIA regimes, ETHICS_OPTOUT, databases
inline constexpr const char* kUme = "OP-UME";          // certified for NGMIA_ANON until 2026-09-01
inline constexpr const char* kTsubaki = "OP-TSUBAKI";  // blocked
inline constexpr const char* kKiku = "OP-KIKU";        // old code of kSakura

// Letters. anon-2024 and pseudo-2024 cover everything and are in use from 2024-04-01.
//   anon-2018, anon-2018-supplemented: of the 2018 law, in use until 2022-04-01
//   anon-no-image: everything but IMAGE and GENOME;  anon-aoba: of kAoba alone;  ethics-2024: of ETHICS_OPTOUT
PolicyBook book();

// The code of an institution or operator by its name in small letters ("aoba"); a code stands for itself.
std::string institution_code(const PolicyBook& book, std::string_view name);
std::string operator_code(const PolicyBook& book, std::string_view name);

}  // namespace ishi::sample
