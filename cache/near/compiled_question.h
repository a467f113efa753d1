// CompiledQuestion: decide() tabulated for the people about whom nothing is known but notices, and perhaps one
// objection that stands: nearly everybody. It holds no law of its own. For each TermsId it asks decide() once per
// stretch of dates on which the answer can change and keeps the answers in eight bytes; a batch of a million is then a
// table look-up per notice. tests/cache/projection_twin_test.cpp holds it against the second reading of the law, under
// random rules.
//
// Several notices: the one that goes furthest counts (allow > content lacking > still waiting > told about another
// regime > not told), which is what decide() finds when it looks at them together. Where that is not so, adds_up() says
// no and decide() is asked: letters of which none names all may do so together (LAW.md 2.8); a question under two
// regimes of notices may need two. What a re-notice means depends on the notices before it: it is never tabulated.
//
// One objection: where it is in force and touches the question, the code is DENY_OPTOUT, the smallest of all; where it
// does not, decide() looks at the notices as if it were not there. (So where no statutory exception is claimed.)
//
// Any thread; entries are made on first use.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "cache/near/terms.h"
#include "registry/policy/policy_book.h"
#include "registry/rules/decision.h"
#include "registry/rules/question.h"

namespace ishi {

class CompiledQuestion {
 public:
  // REQUIRES: check_question passed; `book` and `terms` outlive this.
  CompiledQuestion(const PolicyBook& book, Question question, const TermsDictionary& terms);

  ReasonCode of_unknown() const { return unknown_; }  // nothing is known of the token
  ReasonCode of_untold() const { return untold_; }    // known, without a notice
  // How far one notice brings a person. nullopt: the dates cut it into more stretches than an entry holds;
  // ask decide() itself.
  struct Progress {
    ReasonCode code = ReasonCode::kDenyUnknown;
    bool tabulated = true;
  };
  Progress of(PackedNotice notice) const {
    if (notice.terms.value() >= entries_.size()) return {ReasonCode::kDenyUnknown, false};
    std::uint64_t entry = entries_[notice.terms.value()].load(std::memory_order_relaxed);
    if (entry == kEmpty) entry = fill(notice.terms);
    if (entry == kTooRich) return {ReasonCode::kDenyUnknown, false};
    const auto day = static_cast<std::uint64_t>(notice.date);
    const unsigned stretch =
        (day >= (entry & 0xffff)) + (day >= ((entry >> 16) & 0xffff)) + (day >= ((entry >> 32) & 0xffff));
    return {static_cast<ReasonCode>((entry >> (48 + 4 * stretch)) & 15), true};
  }
  // The further of two.
  static ReasonCode further(ReasonCode a, ReasonCode b) {
    return kReach[static_cast<unsigned>(a)] >= kReach[static_cast<unsigned>(b)] ? a : b;
  }
  // Is the furthest of several notices, each looked at alone, the answer?
  bool adds_up(ReasonCode furthest) const { return !several_notices_ && furthest != ReasonCode::kDenyNoticeContent; }
  // Does an objection with these terms, while in force, deny what is asked?
  enum class Binds : std::uint8_t { kNotTabulated, kNo, kYes };
  Binds binds(ObjectionTermsId terms) const {
    if (terms.value() >= objections_.size()) return Binds::kNotTabulated;
    const Binds known = objections_[terms.value()].load(std::memory_order_relaxed);
    return known == Binds::kNotTabulated ? fill(terms) : known;
  }
  const Question& question() const { return question_; }
  // Were all terms of the dictionary known when this was made?
  bool knows_all_terms() const {
    return entries_.size() == terms_.count() && objections_.size() == terms_.objection_count();
  }

 private:
  // Three ascending days in the low 48 bits cut time into four stretches; four codes in the high 16 bits.
  static constexpr std::uint64_t kEmpty =
      ~std::uint64_t{0};  // no real entry: its last code would be OVERRIDE four times
  static constexpr std::uint64_t kTooRich = ~std::uint64_t{0} - 1;
  static constexpr std::uint8_t kReach[16] = {7, 1, 1, 1, 1, 1, 3, 2, 4, 5, 1, 1, 6, 1, 1, 7};
  std::uint64_t fill(TermsId id) const;
  Binds fill(ObjectionTermsId id) const;
  ReasonCode ask(const std::vector<NoticeFact>& notices) const;

  const PolicyBook& book_;
  Question question_;
  const TermsDictionary& terms_;
  ReasonCode unknown_, untold_;
  bool several_notices_;
  mutable std::vector<std::atomic<std::uint64_t>> entries_;
  mutable std::vector<std::atomic<Binds>> objections_;
};

}  // namespace ishi
