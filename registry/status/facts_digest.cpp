#include "registry/status/facts_digest.h"

#include "registry/events/event_codec.h"

namespace ishi::facts {
namespace {

void put(Bytes& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(number >> shift));
}
void put(Bytes& out, std::string_view text) {
  put(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}
void put(Bytes& out, const Token& token) {
  out.insert(out.end(), token.bytes().begin(), token.bytes().end());
}

template <typename Body>
void put(Bytes& out, const Said<Body>& said) {
  put(out, said.event);
  // What the log cannot hold cannot have come from it; its index stands for it.
  (void)encode_event_onto(Event{Timestamp(), {}, said.body}, out).has_value();
}

}  // namespace

void DigestSum::add(const Digest& digest) {
  unsigned carry = 0;
  for (std::size_t place = 0; place < sum_.size(); ++place) {
    const unsigned column = static_cast<unsigned>(sum_[place]) + digest[place] + carry;
    sum_[place] = static_cast<std::uint8_t>(column & 0xffU);
    carry = column >> 8;
  }
}

Digest digest_of(const Record& record, const View& view) {
  Bytes out;
  put(out, record.token);
  put(out, record.notices.size());
  for (const Notice& notice : record.notices) {
    const NoticeFact& source = view.sources.without_date(notice.source);
    put(out, notice.event);
    put(out, static_cast<std::uint64_t>(notice.date.days_since_epoch()));
    put(out, source.holder);
    put(out, source.regime);
    put(out, source.template_id);
    put(out, static_cast<std::uint64_t>(source.method));
  }
  put(out, record.identities.size());
  for (const Identity& identity : record.identities) {
    put(out, identity.event);
    put(out, view.records[identity.household].token);
    put(out, view.records[identity.loose].token);
    put(out, static_cast<std::uint64_t>(identity.household_card) + (identity.kin ? 2U : 0U));
  }
  if (record.seldom && !record.seldom->empty()) {
    record.seldom->for_each_list([&](const auto& list) {
      put(out, list.size());
      for (const auto& said : list) put(out, said);
    });
  }
  return sha256(out);
}

}  // namespace ishi::facts
