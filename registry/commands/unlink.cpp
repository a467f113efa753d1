#include "registry/commands/unlink.h"

#include "registry/commands/link.h"

namespace ishi {

CommandResult<Outcome> unlink(const Subject& subject, const UnlinkCommand& command, CommandBatch& batch) {
  if (command.link.has_value() == command.other.has_value()) return refuse(RefusalCode::kOtherOrLink, "link");
  std::vector<EventIndex> links;
  Token on = subject.token;
  if (subject.status != nullptr) {
    for (const LinkFact& fact : subject.status->links) {
      const bool meant = command.link ? fact.event == *command.link : connects(fact, subject.token, *command.other);
      if (!meant || !batch.memory.taken_back.insert(fact.event).second) continue;
      if (fact.first != on && fact.second != on) on = fact.first;  // the event must stand on a token of its link
      links.push_back(fact.event);
    }
  }
  if (links.empty()) {
    return command.link ? refuse(RefusalCode::kLinkNotFound, "link") : refuse(RefusalCode::kNotLinked, "other_token");
  }
  batch.events.emplace_back(Unlinked{on, std::move(links)});
  return Outcome();
}

}  // namespace ishi
