// TermsDictionary: what a notice said (holder, regime, template, method), as a small number. A nation has some
// 100 thousand different sayings and 220 million notices, so a notice in memory is (terms, date): five bytes.
// A letter about two regimes handed over on one day is one entry: an id stands for a *set* of terms.
//
// One writer interns; any thread may read an id that it was given. Ids are dense from 0, never reused, and mean
// something to this dictionary only.
#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "registry/status/person_status.h"

namespace ishi {

struct NoticeTerms {
  std::string holder, regime, template_id;
  NoticeMethod method = NoticeMethod::kHanded;
  friend auto operator<=>(const NoticeTerms&, const NoticeTerms&) = default;
};

class TermsId {
 public:
  static constexpr std::uint32_t kCountMax = 1U << 24;
  constexpr TermsId() = default;
  constexpr explicit TermsId(std::uint32_t value) : value_(value) {}
  constexpr std::uint32_t value() const { return value_; }
  friend constexpr auto operator<=>(TermsId, TermsId) = default;

 private:
  std::uint32_t value_ = 0;
};

class TermsDictionary {
 public:
  using Set = std::vector<NoticeTerms>;  // sorted, no duplicates, not empty

  TermsDictionary() = default;
  TermsDictionary(const TermsDictionary&) = delete;
  TermsDictionary& operator=(const TermsDictionary&) = delete;
  ~TermsDictionary();

  // Writer only. REQUIRES: fewer than kCountMax sets (asserted).
  TermsId intern(Set set);
  const Set& at(TermsId id) const;  // any thread
  std::uint32_t count() const { return count_.load(std::memory_order_acquire); }

 private:
  static constexpr std::uint32_t kChunk = 4096;
  std::map<Set, TermsId> ids_;  // the writer's
  std::array<std::atomic<Set*>, TermsId::kCountMax / kChunk> chunks_{};
  std::atomic<std::uint32_t> count_{0};
};

}  // namespace ishi
