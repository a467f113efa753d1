// The edge cases of S-TINY, told to the registry's rules and to the naive twin: both must give the expected answers.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "registry/identifiers/tokenizer.h"
#include "registry/policy/names.h"
#include "registry/policy/reading/policy_text.h"
#include "registry/rules/decide.h"
#include "registry/status/population.h"
#include "tests/api/synth/world_files.h"
#include "tests/support/naive_twin.h"
#include "tests/support/paths.h"

namespace ishi::synth::testing {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A registry of the plainest kind: reads the files of a world as the write API would.
class PlainRegistry {
 public:
  PlainRegistry(const MadeWorld& world, const PolicyBook& book) : world_(world), book_(book) {
    Bytes key(32);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    tokenizer_ = std::make_unique<Tokenizer>(std::move(*Tokenizer::create("test", key)));
  }

  void load() {
    for (const Row& row : world_.csv("links.csv")) {
      const Token one = token(row, ""), other = token(row, "other_");
      links_[std::minmax(one, other)].push_back(
          happen(TokensLinked{one, other, *parse_link_source(row.at("source")), parse_date(row.at("valid_from"))}));
    }
    for (const Row& row : world_.csv("notices.csv")) {
      happen(NoticeGiven{token(row, ""), row.at("holder"), row.at("regime"), row.at("template"),
                         *parse_notice_method(row.at("method")), *parse_date(row.at("date")), row.at("campaign")});
    }
    for (const Row& row : world_.csv("visits.csv"))
      visit(token(row, ""), row.at("holder"), *parse_date(row.at("date")));
    for (const Row& row : world_.csv("notices_voided.csv")) {
      happen(NoticeVoided{token(row, ""), row.at("holder"), row.at("regime"), *parse_date(row.at("date"))});
    }
    for (const Row& row : world_.csv("deaths.csv")) happen(DeathRecorded{token(row, ""), *parse_date(row.at("date"))});
    for (const Row& row : world_.csv("objections.csv")) object(row);
    for (const Row& row : world_.csv("consents.csv")) {
      ConsentGiven consent;
      consent.token = token(row, "");
      consent.scope.regimes = {row.at("regimes")};
      consent.accepted_at = *parse_timestamp(row.at("accepted_at"));
      happen(consent);
    }
    for (const Row& row : world_.csv("withdrawals.csv")) {
      const Token who = token(row, "");
      happen(ObjectionWithdrawn{who, objections_.at(who), *parse_requester(row.at("requester")),
                                *parse_timestamp(row.at("accepted_at")), *parse_channel(row.at("channel"))});
    }
    for (const Row& row : world_.csv("splits.csv")) {
      const Token one = token(row, "");
      happen(Unlinked{one, links_.at(std::minmax(one, token(row, "other_")))});
    }
  }
  void object(const Row& row) {
    Objection objection;
    objection.token = token(row, "");
    const auto list = [&](const char* name) {
      return row.at(name).empty() ? std::vector<std::string>() : split(row.at(name), ';');
    };
    objection.scope = {
        list("regimes"), list("holders"), list("recipients"), list("categories"), list("purposes"), {}, {}};
    objection.requester = *parse_requester(row.at("requester"));
    objection.accepted_at = *parse_timestamp(row.at("accepted_at"));
    objection.past_data = *parse_past_data(row.at("past_data"));
    objection.channel = *parse_channel(row.at("channel"));
    objections_[objection.token].push_back(happen(objection));
  }

  struct Answers {
    ReasonCode house, twin;
  };
  Answers ask(const Row& row) const {
    Question question;
    question.regime = row.at("regime");
    question.holder = row.at("holder");
    question.recipient = row.at("recipient");
    question.purpose = row.at("purpose");
    if (!row.at("categories").empty()) question.categories = {row.at("categories")};
    question.as_of = *parse_timestamp(row.at("as_of"));
    question.override_code = row.at("override");
    question.ground = row.at("ground");
    EXPECT_TRUE(check_question(book_, question).has_value()) << row.at("case");
    const auto id = parse_insurance_id(row.at("insurer"), row.at("symbol"), row.at("number"), row.at("branch"));
    if (!id) return {ReasonCode::kInvalidId, ReasonCode::kInvalidId};
    const TokenForms forms = tokenizer_->forms(*id);
    const Match match = population_.resolve(forms.exact, forms.household, forms.loose);
    return {decide(book_, question, match).code,
            twin_.ask(book_, question, {forms.exact, forms.household, forms.loose}, twin_.size()).code};
  }

 private:
  EventIndex happen(EventBody body) {
    const EventIndex index = population_.position().next_index();
    const Event event{Timestamp(), "test", std::move(body)};
    population_.apply(index, event);
    twin_.add(event);
    return index;
  }
  Token token(const Row& row, const std::string& prefix) {
    const auto id = parse_insurance_id(row.at(prefix + "insurer"), row.at(prefix + "symbol"), row.at(prefix + "number"),
                                       row.at(prefix + "branch"));
    const TokenForms forms = tokenizer_->forms(*id);
    if (known_.insert(forms.exact).second)
      happen(TokenIdentity{forms.exact, forms.loose, forms.household, forms.level});
    return forms.exact;
  }
  void visit(const Token& who, const std::string& holder, CivilDate date) {
    for (const auto& [id, campaign] : book_.campaigns) {
      if (campaign.holder != holder || !campaign.running.contains(date) || !told_in_.insert({who, id}).second) continue;
      happen(NoticeGiven{who, holder, campaign.regime, campaign.template_id, NoticeMethod::kComposite, date, id});
    }
  }

  const MadeWorld& world_;
  const PolicyBook& book_;
  std::unique_ptr<Tokenizer> tokenizer_;
  Population population_;
  twin::NaiveTwin twin_;
  std::set<Token> known_;
  std::set<std::pair<Token, std::string>> told_in_;
  std::map<Token, std::vector<EventIndex>> objections_;
  std::map<std::pair<Token, Token>, std::vector<EventIndex>> links_;
};

std::shared_ptr<const PolicyBook> book_of(const MadeWorld& world) {
  const std::string shelf = ishi::testing::source_folder() + "/ops/policy/";
  const std::vector<PolicyDocument> documents{{"regimes.toml", contents(shelf + "regimes.toml")},
                                              {"option_2_2.toml", contents(shelf + "option_2_2.toml")},
                                              {"policy.toml", world.text("policy.toml")}};
  return read_policy(documents).book;
}

TEST(Tiny, TwoHundredPeopleAndEveryEdgeCaseAnsweredRightly) {
  const MadeWorld world(scenario(Scenario::kTiny));
  EXPECT_EQ(world.summary().people, 200u);
  const auto book = book_of(world);
  ASSERT_TRUE(book);
  PlainRegistry registry(world, *book);
  registry.load();
  const std::vector<Row> cases = world.csv("tiny_cases.csv");
  EXPECT_GT(cases.size(), 45u);
  for (const Row& row : cases) {
    const auto answers = registry.ask(row);
    const ReasonCode expected = static_cast<ReasonCode>(std::stoi(row.at("expected_code")));
    EXPECT_EQ(name_of(answers.house), name_of(expected)) << row.at("case") << ": " << row.at("why");
    EXPECT_EQ(name_of(answers.twin), name_of(expected)) << "(the twin) " << row.at("case") << ": " << row.at("why");
    EXPECT_EQ(row.at("expected_name"), name_of(expected)) << row.at("case");
  }
}

TEST(Tiny, TheRequestOnPaperBindsOnceItIsTypedIn) {
  const MadeWorld world(scenario(Scenario::kTiny));
  const auto book = book_of(world);
  ASSERT_TRUE(book);
  PlainRegistry registry(world, *book);
  registry.load();
  const std::vector<Row> backlog = world.csv("objections_on_paper.csv");
  ASSERT_FALSE(backlog.empty());
  for (const Row& row : backlog) registry.object(row);
  for (const Row& row : world.csv("tiny_cases.csv")) {
    if (row.at("case") == "T05") {
      EXPECT_EQ(registry.ask(row).house, ReasonCode::kDenyOptout);
    }
  }
}

TEST(Tiny, CasesHoldForAnySeedAndDay) {
  for (const std::uint64_t seed : {2u, 3u}) {
    SynthRequest request = scenario(Scenario::kTiny, 1.0, seed);
    request.world.today = CivilDate::of(2027, 3, 1).plus_days(static_cast<std::int32_t>(seed));
    const MadeWorld world(request);
    const auto book = book_of(world);
    ASSERT_TRUE(book);
    PlainRegistry registry(world, *book);
    registry.load();
    for (const Row& row : world.csv("tiny_cases.csv")) {
      EXPECT_EQ(std::to_string(static_cast<int>(registry.ask(row).house)), row.at("expected_code"))
          << "seed " << seed << " " << row.at("case");
    }
  }
}

}  // namespace
}  // namespace ishi::synth::testing
