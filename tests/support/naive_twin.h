// NaiveTwin: a second reading of LAW.md 4, 7 and 8.1, written apart from registry/rules and registry/status and
// knowing neither. It keeps the raw events and answers by scanning them from the beginning, question by question, in
// the order in which LAW.md 8.1 lists the reasons. Slow on purpose, but every token knows its events, so a million
// questions against a million events take seconds.
//
// It shares with the house only the event structs, the policy book and the names of the reasons.
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "registry/events/event.h"
#include "registry/policy/policy_book.h"
#include "registry/rules/decision.h"
#include "registry/rules/question.h"

namespace ishi::twin {

struct Asked {
  Token exact;
  std::optional<Token> household, loose;
};

// LAW.md 8.2 once more: can this be answered at all?
bool answerable(const PolicyBook& book, const Question& question);

class NaiveTwin {
 public:
  // Events are numbered from 0 in the order of arrival.
  void add(const Event& event);
  std::size_t size() const { return events_.size(); }

  // What was to be answered after the first `known_at` events. Every law that the question falls under must say yes:
  // the one that it names, those that this one builds on, and those that its kinds of data have of their own.
  Decision ask(const PolicyBook& book, const Question& question, const Asked& asked, std::size_t known_at) const;

 private:
  Decision ask_one_law(const PolicyBook& book, const Question& question, const Asked& asked,
                       std::size_t known_at) const;
  using Number = std::size_t;
  using Person = std::set<Token>;
  struct Found {
    std::vector<Person> persons;
    Token first;  // asked about, or the smallest that was written so
    bool by_household = false, by_loose = false;
    std::vector<Person> of_the_household;  // not meant, but an objection of theirs may be meant
  };

  bool happened(Number number, Number known_at) const;
  const std::vector<Number>& about(const Token& token) const;
  template <typename Body, typename Visit>
  void each(const Token& token, Number known_at, Visit visit) const;

  bool known(const Token& token, Number known_at) const;
  bool stands(Number link, const TokensLinked& body, Number known_at) const;
  // `confirmed`: over links of the inquiry system and of insurers only (R31).
  Person person_of(const Token& token, Number known_at, bool confirmed = false) const;
  bool marked(const Person& person, Number known_at) const;
  std::set<Token> tokens_written_as(const Token& weak, bool household, Number known_at) const;
  std::vector<Person> persons_written_as(const Token& weak, bool household, Number known_at) const;
  Found who(const Asked& asked, Number known_at) const;
  bool holds_household_card(const Person& person, Number known_at) const;
  std::set<Token> households_of(const Person& person, Number known_at) const;

  struct Objecting {
    bool now = false;                      // an objection is in force
    std::optional<CivilDate> grace_until;  // one was taken back: first day after the time of grace
  };
  Objecting objecting(const PolicyBook& book, const Question& question, const Token& on, const Person& spokesmen,
                      Number known_at) const;
  bool consenting(const PolicyBook& book, const Question& question, const Person& person, Number known_at) const;
  std::optional<CivilDate> death_of(const Person& person, Number known_at) const;
  std::vector<const NoticeGiven*> letters_to(const Person& person, Number known_at) const;

  std::vector<Event> events_;
  std::unordered_map<Token, std::vector<Number>, TokenHash> about_;
  std::unordered_map<Number, Number> erased_by_;
};

}  // namespace ishi::twin
