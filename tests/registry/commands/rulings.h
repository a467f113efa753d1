// Several institutions, the registry and a call centre act upon persons, one command a request. For the tests of
// rulings.
#pragma once

#include <string>
#include <utility>

#include "registry/commands/consent.h"
#include "registry/commands/link.h"
#include "registry/commands/object.h"
#include "registry/commands/record_death.h"
#include "registry/commands/tell.h"
#include "registry/commands/visit.h"
#include "registry/commands/withdraw.h"
#include "tests/registry/commands/command_test.h"

namespace ishi {

inline const CivilDate kBorn = CivilDate::of(1980, 4, 1);
inline const CivilDate kDied = CivilDate::of(2026, 6, 3);

struct RulingsTest : CommandTest {
  RulingsTest() {
    const auto caller = [&](const char* id, Role role, const char* holder) {
      book.callers[id] = {id, role, "", holder, "", "", {}};
    };
    caller("aoba-machine", Role::kHolderBatch, sample::kAoba);
    caller("aoba-desk", Role::kDeskClerkHolder, sample::kAoba);
    caller("botan-machine", Role::kHolderBatch, sample::kBotan);
    caller("registry-1", Role::kRegistryOps, "");
    caller("registry-2", Role::kRegistryOps, "");
  }
  void act_as(const std::string& id) {
    const auto found = book.callers.find(id);
    const std::string holder = found == book.callers.end() ? "" : found->second.holder;
    actor.id = id;
    actor.holder = holder;
    actor.role = found == book.callers.end() ? Role::kCallAgent : found->second.role;
    const bool everywhere = actor.role == Role::kRegistryOps;
    actor.may_act_for = [holder, everywhere](std::string_view asked) {
      return everywhere || (!holder.empty() && asked == holder);
    };
  }
  static Submission by(RequesterKind kind, std::optional<CivilDate> born = kBorn) {
    Submission submission;
    submission.requester = kind;
    submission.birth_date = born;
    if (kind == RequesterKind::kBereaved) submission.relation = "CHILD";
    return submission;
  }
  static Submission of_desk(int person) {
    Submission submission = by(RequesterKind::kBereaved);
    submission.made_by = RequesterMark{MarkKind::kDesk, token(person)};
    return submission;
  }
  std::string objects(int number, const Submission& submission, Scope scope = {},
                      std::optional<CivilDate> death = std::nullopt) {
    return request([&](CommandBatch& batch) {
      return object(context(), person(number), {std::move(scope), submission, PastData::kStopOnly, death}, batch);
    });
  }
  std::string withdraws(int number, std::optional<EventIndex> objection, const Submission& submission) {
    return request([&](CommandBatch& batch) {
      return withdraw(context(), person(number), {objection, !objection, submission}, batch);
    });
  }
  std::string consents(int number, const Submission& submission) {
    GiveConsentCommand command;
    command.scope = in_regimes({"APPI_CONSENT"});
    command.scope.holders = {actor.holder.empty() ? sample::kAoba : actor.holder};
    command.submission = submission;
    return request([&](CommandBatch& batch) { return give_consent(context(), person(number), command, batch); });
  }
  std::string dies(int number, CivilDate date = kDied) {
    return request([&](CommandBatch& batch) { return record_death(context(), person(number), {date}, batch); });
  }
  std::string retracts(int number, std::optional<CivilDate> date = std::nullopt) {
    return request([&](CommandBatch& batch) { return retract_death(context(), person(number), {date}, batch); });
  }
  std::string joins(int one, int other, std::optional<LinkSource> source = std::nullopt) {
    return request([&](CommandBatch& batch) {
      return link(context(), person(one), person(other), {source, std::nullopt}, batch);
    });
  }
  std::string parts(int one, int other) {
    return request([&](CommandBatch& batch) { return unlink(context(), person(one), {.other = token(other)}, batch); });
  }
  std::string is_told(int number, CivilDate date = CivilDate::of(2026, 6, 1), const char* letter = "anon-2024",
                      NoticeMethod method = NoticeMethod::kHanded) {
    const TellCommand command{actor.holder, "NGMIA_ANON", method, date, letter, ""};
    return request([&](CommandBatch& batch) { return tell(context(), person(number), command, batch); });
  }
  std::string was_not_told(int number, VoidNoticeCommand command) {
    return request([&](CommandBatch& batch) { return void_notice(context(), person(number), command, batch); });
  }
};

}  // namespace ishi
