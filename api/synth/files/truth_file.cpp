#include "api/synth/files/truth_file.h"

#include "registry/policy/names.h"

namespace ishi::synth {
namespace {

std::string json_string(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string card_json(const Card& card) {
  return "{\"insurer\":" + json_string(card.insurer) + ",\"symbol\":" + json_string(card.symbol) +
         ",\"number\":" + json_string(card.number) + ",\"branch\":" + json_string(card.branch) + "}";
}

template <typename Items, typename Write>
std::string list(const Items& items, Write write) {
  std::string json = "[";
  for (const auto& item : items) json += (json.size() > 1 ? "," : "") + write(item);
  return json + "]";
}

}  // namespace

std::string truth_line(const World& world, const Person& person, const Life& life, std::span<const Dirt> dirt) {
  const auto code_of = [&](std::size_t institution) { return json_string(world.institutions()[institution].code); };
  std::string json =
      "{\"person\":" + std::to_string(person.index) + ",\"household\":" + std::to_string(person.household) +
      ",\"prefecture\":" + std::to_string(person.prefecture) + ",\"scheme\":" + json_string(name_of(person.scheme)) +
      ",\"sex\":" + std::to_string(static_cast<int>(person.sex)) + ",\"age\":" + std::to_string(person.age) +
      ",\"dependant\":" + (person.dependant ? "true" : "false") + ",\"birth\":" + json_string(to_iso(person.birth));
  if (person.died_on) json += ",\"died\":" + json_string(to_iso(*person.died_on));
  json += ",\"card\":" + card_json(person.card);
  if (person.change) {
    json += ",\"previous\":" + card_json(person.change->previous) +
            ",\"changed\":" + json_string(to_iso(person.change->on));
    if (person.change->linked_on) json += ",\"linked\":" + json_string(to_iso(*person.change->linked_on));
  }
  json += ",\"notices\":" + list(life.notices, [&](const SynthNotice& given) {
            return "{\"holder\":" + code_of(given.institution) + ",\"regime\":" + json_string(regime_code(given.act)) +
                   ",\"method\":" + json_string(name_of(given.method)) +
                   ",\"date\":" + json_string(to_iso(given.date)) + (given.outdated ? ",\"outdated\":true" : "") +
                   (given.voided ? ",\"voided\":true" : "") + "}";
          });
  if (life.objection) {
    const Request& request = *life.objection;
    const auto text = [](const std::string& item) { return json_string(item); };
    json += ",\"objection\":{\"regimes\":" + list(request.regimes, text) +
            ",\"holders\":" + list(request.holders, text) + ",\"categories\":" + list(request.categories, text) +
            ",\"requester\":" + json_string(name_of(request.requester)) +
            ",\"channel\":" + json_string(name_of(request.channel)) +
            ",\"erase\":" + (request.erase ? "true" : "false") +
            ",\"accepted\":" + json_string(to_iso(request.accepted_at)) +
            ",\"registered\":" + json_string(to_iso(request.registered_on)) + "}";
  }
  if (life.withdrawal) json += ",\"withdrawn\":" + json_string(to_iso(life.withdrawal->accepted_at));
  if (life.consent) json += ",\"consent\":" + json_string(life.consent->regime);
  std::size_t at = 0;
  json += ",\"patient_of\":" + list(life.patient_of, [&](const Patient& patient) {
            const Dirt wrong = at < dirt.size() ? dirt[at] : Dirt::kNone;
            ++at;
            return "{\"holder\":" + code_of(patient.institution) +
                   (person.change && !patient.knows_new_card ? ",\"stale\":true" : "") +
                   (wrong != Dirt::kNone ? ",\"dirt\":" + json_string(name_of(wrong)) : "") + "}";
          });
  return json + "}\n";
}

}  // namespace ishi::synth
