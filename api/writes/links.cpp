// Links and splits (LAW.md 5.7): two identifiers belong to one person, and the undoing of a wrong merge. A card without
// branch names a household and is never linked: its objections would become one person's.
#include <map>
#include <set>

#include "api/writes/fields.h"
#include "api/writes/line_handler.h"
#include "registry/policy/names.h"

namespace ishi::api {
namespace {

constexpr std::string_view kLinkFields[] = {"source", "valid_from"};
constexpr std::string_view kSplitFields[] = {"link"};

bool connects(const LinkFact& link, const Token& one, const Token& other) {
  return (link.first == one && link.second == other) || (link.first == other && link.second == one);
}

// How many identifiers would be one person's, with what this request links too. Whatever is known of one of them is
// read for each of the others: without a bound a few files of links could hold up every answer.
constexpr std::size_t kIdentifiersOfOneMax = 256;

class Persons {
 public:
  // False, and nothing done: they would be too many.
  bool join(const Subject& one, const Subject& other) {
    Group& first = group_of(one);
    Group& second = group_of(other);
    if (&first == &second) return true;
    if (first.size + second.size > kIdentifiersOfOneMax) return false;
    first.size += second.size;
    second.part_of = &first;
    return true;
  }

 private:
  struct Group {
    std::size_t size = 0;
    Group* part_of = nullptr;
  };
  Group& group_of(const Subject& subject) {
    const bool linked = subject.status != nullptr && !subject.status->tokens.empty();
    Group* group = &groups_[linked ? subject.status->tokens.front() : subject.token];
    if (group->size == 0) group->size = linked ? subject.status->tokens.size() : 1;
    while (group->part_of != nullptr) group = group->part_of;
    return *group;
  }
  std::map<Token, Group> groups_;  // by the first of a person's tokens
};

class LinkJudge final : public LineHandler {
 public:
  explicit LinkJudge(const RequestContext& context) : context_(context) {}

  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    if (line.other == nullptr) return refuse(LineCode::kIdentityMissing, "other_token");
    const Token& one = line.subject.token;
    const Token& other = line.other->token;
    if (one == other) return refuse(LineCode::kSameIdentity, "other_token");
    if (line.subject.household_card() || line.other->household_card()) {
      return refuse(LineCode::kHouseholdCannotLink, line.other->household_card() ? "other_branch" : "branch");
    }
    const Judged<std::string_view> named = text_field(line.row, "source");
    if (!named) return tl::unexpected(named.error());
    const std::optional<LinkSource> usual = usual_source();
    if (named->empty() && !usual) return refuse(LineCode::kFieldMissing, "source");
    const Judged<LinkSource> source =
        enumerated_field(line.row, "source", usual.value_or(LinkSource::kInsurer), &parse_link_source);
    if (!source) return tl::unexpected(source.error());
    const Judged<std::optional<CivilDate>> valid_from = date_field(line.row, "valid_from");
    if (!valid_from) return tl::unexpected(valid_from.error());
    if (linked_already(line) || linked_in_this_request_.contains(std::minmax(one, other))) {
      return Outcome::nothing_written(LineCode::kAlreadyLinked);
    }
    if (!persons_.join(line.subject, *line.other)) return refuse(LineCode::kTooManyLinked, "other_token");
    linked_in_this_request_.insert(std::minmax(one, other));
    bodies.emplace_back(TokensLinked{one, other, *source, *valid_from});
    return Outcome();
  }

 private:
  static bool linked_already(const Line& line) {
    if (line.subject.status == nullptr) return false;
    for (const LinkFact& link : line.subject.status->links) {
      if (connects(link, line.subject.token, line.other->token)) return true;
    }
    return false;
  }

  // A hospital sees pairs when it registers a patient again; others must say how they know.
  std::optional<LinkSource> usual_source() const {
    switch (context_.principal.role) {
      case Role::kDeskClerkHolder:
      case Role::kHolderAdmin:
      case Role::kHolderBatch: return LinkSource::kHospital;
      default: return std::nullopt;
    }
  }

  RequestContext context_;
  std::set<std::pair<Token, Token>> linked_in_this_request_;
  Persons persons_;
};

class SplitJudge final : public LineHandler {
 public:
  Judged<Outcome> judge(const Line& line, std::vector<EventBody>& bodies) override {
    const Judged<std::optional<EventIndex>> receipt = receipt_field(line.row, "link");
    if (!receipt) return tl::unexpected(receipt.error());
    if (receipt->has_value() == (line.other != nullptr)) return refuse(LineCode::kOtherOrLink, "link");
    std::vector<EventIndex> links;
    Token on = line.subject.token;
    if (line.subject.status != nullptr) {
      for (const LinkFact& link : line.subject.status->links) {
        const bool meant = *receipt ? link.event == **receipt : connects(link, line.subject.token, line.other->token);
        if (!meant || !undone_in_this_request_.insert(link.event).second) continue;
        if (link.first != on && link.second != on) on = link.first;  // the event must stand on a token of its link
        links.push_back(link.event);
      }
    }
    if (links.empty()) {
      return *receipt ? refuse(LineCode::kLinkNotFound, "link") : refuse(LineCode::kNotLinked, "other_token");
    }
    bodies.emplace_back(Unlinked{on, std::move(links)});
    return Outcome();
  }

 private:
  std::set<EventIndex> undone_in_this_request_;
};

}  // namespace

constinit const WriteKind kLinks = {
    .name = "links",
    .fields = kLinkFields,
    .names_two = true,
    // A new card brings new weak forms; they must be found from the day of the link.
    .identity_always = true,
    .make_handler = [](const RequestContext& context) -> std::unique_ptr<LineHandler> {
      return std::make_unique<LinkJudge>(context);
    },
};

constinit const WriteKind kSplits = {
    .name = "splits",
    .fields = kSplitFields,
    .names_two = true,
    .make_handler = [](const RequestContext&) -> std::unique_ptr<LineHandler> {
      return std::make_unique<SplitJudge>();
    },
};

}  // namespace ishi::api
