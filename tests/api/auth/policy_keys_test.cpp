// Nothing in the policy book is without effect: each key of its format is changed alone, and some answer, door, task or
// document must change with it. What is not shown yet is listed, and must leave the list as soon as it has an effect.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "api/auth/api_keys.h"
#include "api/auth/doors.h"
#include "registry/commands/object.h"
#include "registry/commands/permits/approve_permit.h"
#include "registry/commands/tell.h"
#include "registry/commands/visit.h"
#include "registry/intake/reconcile.h"
#include "registry/policy/controller.h"
#include "registry/policy/reading/policy_text.h"
#include "registry/rules/decide.h"
#include "registry/rules/requests.h"
#include "tests/api/auth/policy_keys.h"
#include "tests/registry/policy/reading.h"
#include "tests/support/fake_clock.h"
#include "tests/support/paths.h"

namespace ishi::api {
namespace {

std::string with(std::string book, const Change& change) {
  std::size_t found = 0;
  for (std::size_t at = book.find(change.from); at != std::string::npos; at = book.find(change.from, at)) {
    book.replace(at, change.from.size(), change.to);
    at += change.to.size();
    ++found;
  }
  EXPECT_GE(found, 1U) << change.key << ": the book does not say this";
  return book;
}

Timestamp at(const std::string& text) {
  return parse_timestamp(text).value();
}
CivilDate day(const std::string& text) {
  return parse_date(text).value();
}

// People of whom different things are known.
std::vector<Match> people() {
  const auto told = [](std::vector<NoticeFact> notices, std::optional<CivilDate> died_on = std::nullopt) {
    Match match;
    match.persons.emplace_back();
    match.persons[0].tokens.emplace_back();
    match.persons[0].notices = std::move(notices);
    match.persons[0].died_on = died_on;
    return match;
  };
  const std::string first = "1312345679", second = "2710000015", old = "2312345008";
  const auto letter = [](const std::string& holder, const std::string& id, const std::string& date,
                         NoticeMethod method = NoticeMethod::kHanded) {
    return NoticeFact{holder, "TOLD", id, method, day(date)};
  };
  std::vector<Match> all = {
      Match{},
      told({letter(first, "letter", "2026-03-01")}),
      told({letter(second, "letter-2", "2026-05-10")}),
      told({letter(second, "letter-3", "2026-05-10")}),
      told({letter(second, "letter-3", "2026-03-10")}),
      told({letter(first, "letter-3", "2024-04-06", NoticeMethod::kPosted)}),
      told({letter(first, "letter-3", "2026-05-27")}),
      told({letter(old, "letter", "2026-05-01")}),
      told({letter(first, "bare-letter", "2021-12-01")}),
      told({letter(first, "old-letter", "2021-12-01")}),
      told({letter(first, "letter", "2026-03-01"), letter(first, "letter-3", "2026-05-20", NoticeMethod::kRenotice)}),
      told({letter(first, "letter", "2026-03-01")}, day("2026-03-10")),
      told({}, day("2026-03-10"))};
  Match objects = all[1];
  ObjectionFact no;
  no.accepted_at = at("2026-06-01T00:00:00Z");
  objects.persons[0].objections = {no};
  all.push_back(objects);
  objects.persons[0].objections[0].withdrawn_at = at("2026-06-25T00:00:00Z");
  all.push_back(objects);
  objects.persons[0].objections[0].withdrawn_at.reset();
  objects.persons[0].objections[0].scope.recipients = {"OLD-CARRIER"};
  all.push_back(objects);
  Match agrees = told({});
  agrees.persons[0].consents.emplace_back();
  agrees.persons[0].consents[0].accepted_at = at("2026-06-01T00:00:00Z");
  all.push_back(agrees);
  return all;
}

std::string say(const Decision& decision) {
  return std::string(name_of(decision.code)) + (decision.allowed_from ? to_iso(*decision.allowed_from) : "") + " ";
}

std::string answers(const PolicyBook& book) {
  std::string said;
  const std::vector<Match> all = people();
  for (const char* regime : {"TOLD", "OBJECT", "GENES", "STUDY"})
    for (const char* holder : {"1312345679", "2710000015", "2312345008", "0110113719"})
      for (const char* recipient : {"", "CARRIER", "OLD-CARRIER", "OLDER"})
        for (const char* purpose : {"", "PURPOSE_1", "PURPOSE_9", "S-1"})
          for (const char* category : {"RECEIPT", "IMAGE", "GENOME", "DIARY"})
            for (const char* instant :
                 {"2018-05-10T12:00:00+09:00", "2022-04-01T12:00:00+09:00", "2026-04-05T00:00:00+09:00",
                  "2026-07-01T12:00:00+09:00", "2026-12-15T12:00:00+09:00"})
              for (const char* claimed : {"", "LAW"}) {
                Question question;
                question.regime = regime;
                question.holder = holder;
                question.recipient = recipient;
                question.purpose = purpose;
                question.categories = {category};
                question.as_of = at(instant);
                question.override_code = claimed;
                question.ground = *claimed != '\0' ? "NEED: an order" : "";
                const auto checked = check_question(book, question);
                said += checked ? to_iso(valid_until(book, question, question.as_of)) : checked.error().code;
                if (!checked) continue;
                for (const Match& match : all) said += say(decide(book, question, match));
              }
  return said;
}

std::string wishes(const PolicyBook& book) {
  std::string said;
  const auto add = [&](const Result<void>& result) { said += result ? "yes " : result.error().code + " "; };
  const Timestamp now = at("2026-07-01T12:00:00+09:00");
  for (const RequesterKind kind : {RequesterKind::kSelf, RequesterKind::kGuardianParent, RequesterKind::kBereaved})
    for (const char* born : {"1980-01-01", "2007-01-01", "2008-12-01", "2010-12-01", "2015-01-01"})
      for (const char* regime : {"TOLD", "OBJECT", "GENES"})
        for (const char* relation : {"CHILD", "SPOUSE"}) {
          Requester who{kind, relation, day(born), std::nullopt};
          if (kind == RequesterKind::kBereaved) who.died_on = day("2026-01-01");
          Scope scope;
          scope.regimes = {regime};
          add(check_objection(book, scope, who, now));
          add(check_consent(book, scope, who, now));
          const auto again = reaffirm_date(book, scope, who, now);
          said += again ? to_iso(*again) : "never";
          ObjectionFact made;
          made.scope = scope;
          made.accepted_at = at("2026-06-01T00:00:00Z");
          add(check_withdrawal(book, made, who, now));
        }
  return said;
}

std::string notices(const PolicyBook& book) {
  std::string said;
  const Actor registry{Role::kRegistryOps, [](std::string_view) { return true; }};
  const Actor hospital{Role::kHolderBatch, [](std::string_view) { return true; }};
  const auto add = [&](const CommandResult<Outcome>& result, const CommandBatch& batch) {
    said += result ? std::to_string(batch.events.size()) : std::string(name_of(result.error().code));
    if (result && !batch.events.empty()) {
      const auto& notice = std::get<NoticeGiven>(batch.events.front());
      said += notice.template_id + notice.campaign_id + to_iso(notice.date) + " ";
    }
  };
  for (const Actor& actor : {registry, hospital})
    for (const char* holder : {"1312345679", "2710000015", "2312345008"})
      for (const char* date : {"2026-04-02", "2026-05-31", "2026-06-12", "2026-06-18"}) {
        const CommandContext context{book, actor, at("2026-07-01T12:00:00+09:00")};
        CommandBatch visits, letters;
        add(visit(context, Subject{}, {holder, day(date)}, visits), visits);
        add(tell(context, Subject{}, {holder, "TOLD", NoticeMethod::kPosted, day(date), "letter-3", ""}, letters),
            letters);
      }
  return said;
}

std::string doors(const std::shared_ptr<const PolicyBook>& book) {
  std::string said;
  const ishi::testing::FakeClock clock{"2026-07-01T12:00:00+09:00"};
  const ApiKeys keys{clock};
  for (const char* key : {"a-key-of-the-hospital-0001", "a-key-of-the-operator-0001", "a-key-of-the-governor-0001",
                          "a-key-of-the-minister-0001", "a-key-of-the-reviewer-0001"}) {
    Request request;
    request.headers.emplace_back("authorization", std::string("Bearer ") + key);
    const auto who = keys.authenticate(request, book);
    if (!who) {
      said += who.error().code + " ";
      continue;
    }
    said += who->id + who->prefecture;  // what is written beside everything it does; whose patients it sees
    for (int number = 0; number < kActionCount; ++number) {
      const Action action = static_cast<Action>(number);
      if (!may(who->role, action)) continue;
      const auto open = check_door(*who, action);
      said += std::string(name_of(action)) + (open ? "+" : open.error().detail);
    }
    said += check_door(*book, visitor_of(*who), Door::kSelfAudit) ? "+" : "-";
    for (const FilterPoint point : kFilterPoints)
      for (const char* regime : {"TOLD", "OBJECT"}) {
        Question question;
        question.regime = regime;
        question.point = point;
        said += check_reader(*book, visitor_of(*who), question) ? "+" : "-";
        said += needs_permit(*book, visitor_of(*who), question) ? "+" : "-";
      }
    for (const char* holder : {"1312345679", "2710000015"}) said += check_holder(*who, *book, holder) ? "+" : "-";
    for (const char* code : {"CARRIER", "CARRIER-2"}) said += check_recipient(*who, *book, code) ? "+" : "-";
  }
  return said;
}

std::string tasks(const PolicyBook& book) {
  std::string said;
  IntakeRecord record;
  IntakeKind& kind = record.kinds["objections"];
  kind.first_day = day("2026-04-02");
  kind.last_day = kind.last_volume_day = day("2026-06-28");
  kind.last_at = at("2026-06-28T03:00:00Z");
  for (int ago = 0; ago < 60; ++ago) kind.days[kind.last_day->plus_days(-ago)] = {1, 5, 0, 0, 0, 0, 0};
  for (const char* now : {"2026-06-29T23:00:00+09:00", "2026-06-30T19:00:00+09:00", "2026-07-01T12:00:00+09:00",
                          "2026-07-04T12:00:00+09:00"}) {
    for (const SourceJudgement& source : reconcile(book, {{"hospital/wishes", record}}, at(now))) {
      said += source.source + (source.due ? to_iso(*source.due) : "") + std::to_string(source.missed);
      if (source.declared) said += std::to_string(static_cast<int>(source.declared->kind));
      for (const IntakeTrouble trouble : source.troubles) said += std::string(name_of(trouble)) + " ";
    }
  }
  return said;
}

// May a data permit be registered under the regime? Only under one with a cut-off at the permit.
std::string permits(const PolicyBook& book) {
  const Actor keyholder{Role::kRegistryKeyholder, {}};
  CommandBatch batch;
  ApprovePermitCommand command;
  command.permit_id = "P-1";
  command.regime = "TOLD";
  command.purposes = {"PURPOSE_1"};
  const auto registered =
      approve_permit({book, keyholder, at("2026-07-01T12:00:00+09:00")}, nullptr, std::move(command), batch);
  return registered ? "registered" : std::string(name_of(registered.error().code));
}

// Stands on each signed checkpoint, so on each receipt, and beside the policy.
std::string documents(const PolicyBook& book) {
  return controller_of(book.profile);
}

std::string everything(const std::shared_ptr<const PolicyBook>& book) {
  return answers(*book) + "|" + wishes(*book) + "|" + notices(*book) + "|" + doors(book) + "|" + tasks(*book) + "|" +
         permits(*book) + "|" + documents(*book);
}

PolicyReading read(const std::string& text) {
  return read_policy(std::vector<PolicyDocument>{{"book.toml", text}});
}

TEST(PolicyKeys, EachChangesAnAnswerADoorATaskOrADocument) {
  const PolicyReading base = read(kBook);
  ASSERT_TRUE(base.book) << policy_testing::describe(base);
  const std::string before = everything(base.book);
  for (const Change& change : kShown) {
    const PolicyReading reading = read(with(kBook, change));
    if (!change.refused_at.empty()) {
      EXPECT_NE(policy_testing::describe(reading).find(change.refused_at), std::string::npos)
          << change.key << "\n"
          << policy_testing::describe(reading);
      continue;
    }
    ASSERT_TRUE(reading.book) << change.key << "\n" << policy_testing::describe(reading);
    EXPECT_TRUE(everything(reading.book) != before) << change.key << " has no effect";
  }
}

TEST(PolicyKeys, WhatIsListedAsWithoutEffectHasNone) {
  const std::string before = everything(read(kBook).book);
  for (const Change& change : kNotShown) {
    const PolicyReading reading = read(with(kBook, change));
    ASSERT_TRUE(reading.book) << change.key << "\n" << policy_testing::describe(reading);
    EXPECT_TRUE(everything(reading.book) == before) << change.key << " has an effect now: show it";
  }
}

// The keys that the readers ask for, from their sources: none is forgotten here.
TEST(PolicyKeys, AllAreHere) {
  std::set<std::string> listed;
  for (const auto* changes : {&kShown, &kNotShown})
    for (const Change& change : *changes) {
      for (std::size_t begin = 0; begin < change.key.size();) {
        const std::size_t end = std::min(change.key.find('.', begin), change.key.size());
        listed.insert(change.key.substr(begin, end - begin));
        begin = end + 1;
      }
    }
  static const std::regex kKey(
      "(?:\\.(?:text|required_text|code|required_code|boolean|integer|date|required_date|texts|choice|table|tables|"
      "require|range)\\(|(?:read_wait|area_code|required_institution_code)\\(reader, |"
      "(?:required_words|read_words|read_number|listed_among)\\(draft, [a-z]+, )\"([a-z_0-9]+)\"(?:, "
      "\"([a-z_]+_to)\")?");
  std::size_t keys = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(ishi::testing::source_folder() + "/registry/policy/reading")) {
    std::ifstream source(file.path());
    const std::string text((std::istreambuf_iterator<char>(source)), {});
    for (std::sregex_iterator match(text.begin(), text.end(), kKey), end; match != end; ++match) {
      for (const std::size_t group : {1U, 2U}) {
        const std::string key = (*match)[group];
        if (key.empty()) continue;
        ++keys;
        EXPECT_TRUE(listed.contains(key)) << key << " is a key of the format and stands in neither list";
      }
    }
  }
  EXPECT_GT(keys, 90U);
}

}  // namespace
}  // namespace ishi::api
