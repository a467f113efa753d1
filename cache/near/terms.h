// TermsDictionary: what a notice said (holder, regime, template, method), and what an objection said (scope, by whom),
// as small numbers. A nation has some 100 thousand different terms and 220 million notices, so a notice in memory
// is (terms, date): five bytes. Six million people object, nearly all of them in a few dozen ways.
// A letter about two regimes handed over on one day is one entry: an id stands for a *set* of terms.
//
// One writer interns; any thread may read an id that it was given. Ids are dense from 0, never reused, and mean
// something to this dictionary only.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/near/interned.h"
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

// A notice as the near tier holds it.
struct PackedNotice {
  TermsId terms;
  std::uint16_t date = 0;  // days since 1970-01-01; enough until 2149
};

// All of an objection but when and where it was recorded.
struct ObjectionTerms {
  Scope scope;
  RequesterKind requester = RequesterKind::kSelf;
  PastData past_data = PastData::kStopOnly;
  std::optional<CivilDate> reaffirm_on;
  friend bool operator==(const ObjectionTerms&, const ObjectionTerms&) = default;
};

class ObjectionTermsId {
 public:
  static constexpr std::uint32_t kCountMax = 1U << 16;
  constexpr ObjectionTermsId() = default;
  constexpr explicit ObjectionTermsId(std::uint16_t value) : value_(value) {}
  constexpr std::uint16_t value() const { return value_; }
  friend constexpr auto operator<=>(ObjectionTermsId, ObjectionTermsId) = default;

 private:
  std::uint16_t value_ = 0;
};

class TermsDictionary {
 public:
  using Set = std::vector<NoticeTerms>;  // sorted, no duplicates, not empty

  // Writer only. nullopt: the dictionary is full, and stays so.
  std::optional<TermsId> intern(Set set);
  std::optional<ObjectionTermsId> intern(ObjectionTerms terms);

  const Set& at(TermsId id) const { return sets_.at(id.value()); }  // any thread
  const ObjectionTerms& at(ObjectionTermsId id) const { return objections_.at(id.value()); }
  std::uint32_t count() const { return sets_.count(); }
  std::uint32_t objection_count() const { return objections_.count(); }

  void clear();  // REQUIRES: nobody reads

 private:
  struct ByContent {
    bool operator()(const ObjectionTerms& a, const ObjectionTerms& b) const;
  };
  Interned<Set, std::less<>, TermsId::kCountMax> sets_;
  Interned<ObjectionTerms, ByContent, ObjectionTermsId::kCountMax> objections_;
};

}  // namespace ishi
