#include "api/synth/files/registry_files.h"

#include <array>
#include <utility>

#include "registry/policy/names.h"

namespace ishi::synth {
namespace {

constexpr std::string_view kIdentity = "insurer,symbol,number,branch";

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ";") + item;
  return text;
}

}  // namespace

std::string letter_id(const SynthInstitution& institution, Act act, bool outdated) {
  return institution.code + (act == Act::kPseudo ? "-P-2024" : outdated ? "-A-2018" : "-A-2022");
}
std::string letter_on(const SynthInstitution& institution, Act act, bool outdated, CivilDate date) {
  if (act == Act::kAnon && !outdated && date < CivilDate::of(2022, 4, 1)) return institution.code + "-A-2018S";
  return letter_id(institution, act, outdated);
}
std::string campaign_id(const SynthInstitution& institution, Act act) {
  return institution.code + (act == Act::kPseudo ? "-C-P" : "-C-A");
}

Result<RegistryFiles> RegistryFiles::create(const World& world, const std::string& directory) {
  struct Head {
    std::string_view name, fields;
  };
  constexpr std::array<Head, 10> kHeads{{
      {"notices.csv", "holder,regime,template,method,date,campaign"},
      {"notices_voided.csv", "holder,regime,template,method,date,void"},
      {"visits.csv", "holder,date"},
      {"objections.csv",
       "regimes,holders,recipients,categories,purposes,requester,relation,accepted_at,past_data,channel,birth_date,"
       "death_date"},
      {"objections_on_paper.csv",
       "regimes,holders,recipients,categories,purposes,requester,relation,accepted_at,past_data,channel,birth_date,"
       "death_date"},
      {"withdrawals.csv", "all,requester,relation,accepted_at,channel,birth_date,evidence"},
      {"consents.csv", "regimes,holders,recipients,categories,purposes,requester,accepted_at,channel,birth_date"},
      {"links.csv", "other_insurer,other_symbol,other_number,other_branch,source,valid_from"},
      {"splits.csv", "other_insurer,other_symbol,other_number,other_branch"},
      {"deaths.csv", "date"},
  }};
  std::vector<TextFile> files;
  for (const Head& head : kHeads) {
    Result<TextFile> file = TextFile::create(directory + "/" + std::string(head.name));
    if (!file) return fail(file.error());
    file->write(std::string(kIdentity) + "," + std::string(head.fields) + "\n");
    files.push_back(std::move(*file));
  }
  return RegistryFiles(world, Files{std::move(files[0]), std::move(files[1]), std::move(files[2]), std::move(files[3]),
                                    std::move(files[4]), std::move(files[5]), std::move(files[6]), std::move(files[7]),
                                    std::move(files[8]), std::move(files[9])});
}

void RegistryFiles::notice(const Card& card, std::string_view holder, std::string_view regime, std::string_view letter,
                           std::string_view method, CivilDate date, std::string_view campaign) {
  files_.notices.row(card.insurer, card.symbol, card.number, card.branch, holder, regime, letter, method, to_iso(date),
                     campaign);
}
void RegistryFiles::visit(const Card& card, std::string_view holder, CivilDate date) {
  files_.visits.row(card.insurer, card.symbol, card.number, card.branch, holder, to_iso(date));
}
void RegistryFiles::objection(const Card& card, const Request& request, std::optional<CivilDate> birth,
                              std::optional<CivilDate> death, bool still_on_paper) {
  (still_on_paper ? files_.backlog : files_.objections)
      .row(card.insurer, card.symbol, card.number, card.branch, joined(request.regimes), joined(request.holders), "",
           joined(request.categories), "", name_of(request.requester), request.relation, to_iso(request.accepted_at),
           name_of(request.erase ? PastData::kStopAndErase : PastData::kStopOnly), name_of(request.channel),
           birth ? to_iso(*birth) : "", death ? to_iso(*death) : "");
}
void RegistryFiles::withdrawal(const Card& card, const TakenBack& taken_back, std::optional<CivilDate> birth) {
  const bool bereaved = taken_back.requester == RequesterKind::kBereaved;
  files_.withdrawals.row(card.insurer, card.symbol, card.number, card.branch, "true", name_of(taken_back.requester),
                         taken_back.relation, to_iso(taken_back.accepted_at), name_of(taken_back.channel),
                         birth ? to_iso(*birth) : "", name_of(bereaved ? ProofSeen::kConsensus : ProofSeen::kIdentity));
}
void RegistryFiles::consent(const Card& card, const Consent& consent, std::optional<CivilDate> birth) {
  // A permission says what it is for; "ALL" is a choice, an empty field is not.
  files_.consents.row(card.insurer, card.symbol, card.number, card.branch, consent.regime, "ALL", "ALL", "ALL", "ALL",
                      name_of(RequesterKind::kSelf), to_iso(consent.accepted_at), name_of(consent.channel),
                      birth ? to_iso(*birth) : "");
}
void RegistryFiles::link(const Card& card, const Card& other, LinkSource source, std::optional<CivilDate> valid_from) {
  files_.links.row(card.insurer, card.symbol, card.number, card.branch, other.insurer, other.symbol, other.number,
                   other.branch, name_of(source), valid_from ? to_iso(*valid_from) : "");
}
void RegistryFiles::split(const Card& card, const Card& other) {
  files_.splits.row(card.insurer, card.symbol, card.number, card.branch, other.insurer, other.symbol, other.number,
                    other.branch);
}
void RegistryFiles::death(const Card& card, CivilDate date) {
  files_.deaths.row(card.insurer, card.symbol, card.number, card.branch, to_iso(date));
}

void RegistryFiles::write(const Person& person, const Life& life) {
  const CivilDate today = world_->parameters().today;
  for (const SynthNotice& given : life.notices) {
    const SynthInstitution& at = world_->institutions()[given.institution];
    if (given.method == NoticeMethod::kComposite) continue;  // made by the registry from the visit
    const Card& card = person.card_on(given.date);
    notice(card, at.code, regime_code(given.act), letter_on(at, given.act, given.outdated, given.date),
           name_of(given.method), given.date, "");
    if (given.voided) {
      files_.voided.row(card.insurer, card.symbol, card.number, card.branch, at.code, regime_code(given.act),
                        letter_on(at, given.act, given.outdated, given.date), name_of(given.method), to_iso(given.date),
                        "true");
    }
  }
  for (const Visit& seen : life.visits) {
    visit(person.card_on(seen.date), world_->institutions()[seen.institution].code, seen.date);
  }
  if (life.objection) {
    const Request& request = *life.objection;
    const bool for_a_minor =
        request.requester == RequesterKind::kGuardianParent || request.requester == RequesterKind::kGuardianMinor;
    objection(person.card_on(jst_date(request.accepted_at)), request,
              for_a_minor ? std::optional(person.birth) : std::nullopt,
              request.requester == RequesterKind::kBereaved ? person.died_on : std::nullopt,
              request.registered_on > today);
  }
  if (life.withdrawal) {
    // Who may take something back depends on the person's age.
    withdrawal(person.card_on(jst_date(life.withdrawal->accepted_at)), *life.withdrawal, person.birth);
  }
  if (life.consent) consent(person.card_on(jst_date(life.consent->accepted_at)), *life.consent, person.birth);
  if (person.change && person.change->linked_on && *person.change->linked_on <= today) {
    link(person.change->previous, person.card, person.change->source, person.change->on);
  }
  if (person.died_on) death(person.card_on(*person.died_on), *person.died_on);
}

std::uint64_t RegistryFiles::rows() const {
  return files_.notices.rows() + files_.voided.rows() + files_.visits.rows() + files_.objections.rows() +
         files_.backlog.rows() + files_.withdrawals.rows() + files_.consents.rows() + files_.links.rows() +
         files_.splits.rows() + files_.deaths.rows();
}

Result<void> RegistryFiles::close() {
  for (TextFile* file : {&files_.notices, &files_.voided, &files_.visits, &files_.objections, &files_.backlog,
                         &files_.withdrawals, &files_.consents, &files_.links, &files_.splits, &files_.deaths}) {
    if (Result<void> closed = file->close(); !closed) return closed;
  }
  return {};
}

}  // namespace ishi::synth
