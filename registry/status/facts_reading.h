// Reads facts into persons: which tokens belong together, which facts still stand. Pure; reads only.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "registry/status/facts.h"
#include "registry/status/notice_sources.h"
#include "registry/status/person_status.h"

namespace ishi::facts {

struct View {
  const std::vector<Record>& records;
  const std::unordered_map<Token, RecordIndex, TokenHash>& by_token;
  const NoticeSources& sources;
};

// More tokens of one person are not followed: the person is then denied (LAW.md 5.14). Commands link no more than 256.
constexpr std::size_t kTokensReadMax = 1'024;

// The person as asked about by this token. What permits (notices, consents) is that of the token itself and of those
// linked by S1 or S4; what forbids is that of all (LAW.md 5.13). Bounded (bounded_facts.h). REQUIRES: record.known().
PersonStatus read_person(const View& view, const Record& record);
// Are other notices and consents read for another token of this person? REQUIRES: record.known().
bool permits_differ(const View& view, const Record& record);
// The distinct persons that hold a card of this household, the household's own card included. By smallest token.
std::vector<PersonStatus> read_named_by_household(const View& view, const Token& household);
std::vector<PersonStatus> read_named_by_loose(const View& view, const Token& loose);
// Of a household's card that is known itself: what the members of the household made, `card` apart. By event; bounded,
// as what follows.
std::vector<ObjectionFact> read_objections_of_members(const View& view, const Record& record, const PersonStatus& card);

// Of a card that nobody is known by: what was made on the household's card that it may belong to, by the number
// (`household`) or by what was written down when the objection was made (LAW.md 5.10); the same of the cards that are
// written so loosely, and of those that name a household what its members made. By event, each once.
std::vector<ObjectionFact> read_objections_of_households(const View& view, const Token& exact,
                                                         const std::optional<Token>& household, const Token& loose);

}  // namespace ishi::facts
