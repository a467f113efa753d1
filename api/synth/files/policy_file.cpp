#include "api/synth/files/policy_file.h"

#include <openssl/sha.h>
#include <array>
#include <vector>

#include "api/synth/files/registry_files.h"
#include "api/synth/world/insurers.h"
#include "registry/bytes.h"

namespace ishi::synth {
namespace {

struct CallerLine {
  std::string id, role, owner_field, owner;
};

std::vector<CallerLine> callers_of(const World& world) {
  std::vector<CallerLine> callers{{"registry-ops", "REGISTRY_OPS", "", ""},
                                  {"reviewer", "REVIEWER", "", ""},
                                  {"keyholder", "REGISTRY_KEYHOLDER", "", ""},
                                  {"minister", "AUDITOR_MINISTER", "ministry", "MHLW"},
                                  {"ppc", "AUDITOR_PPC", "", ""},
                                  {"call-centre", "CALL_AGENT", "", ""},
                                  {"municipal-desk", "DESK_CLERK_MUNICIPAL", "", ""}};
  for (const Place& place : world.country().places()) {
    if (world.institutions_in(place.prefecture).empty()) continue;
    const std::string prefecture = zero_padded(static_cast<std::uint64_t>(place.prefecture), 2);
    callers.push_back({"governor-" + prefecture, "AUDITOR_GOVERNOR", "prefecture", prefecture});
  }
  for (const OperatorProfile& op : world.operators()) {
    callers.push_back({op.code + "-batch", "OPERATOR_BATCH", "recipient", op.code});
    callers.push_back({op.code + "-admin", "OPERATOR_ADMIN", "recipient", op.code});
  }
  for (const SynthInstitution& institution : world.institutions()) {
    callers.push_back({institution.code + "-batch", "HOLDER_BATCH", "holder", institution.code});
    callers.push_back({institution.code + "-desk", "DESK_CLERK_HOLDER", "holder", institution.code});
  }
  callers.push_back({"state-ingest", "STATE_INGEST", "", ""});
  return callers;
}

// Not secret: the seed gives the key.
std::string key_of(const World& world, std::size_t position) {
  Draw draw(world.parameters().seed, Purpose::kKey, position);
  std::array<std::uint8_t, 24> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(draw.next());
  return "synth_" + to_hex(bytes);
}

std::string sha256_hex(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return to_hex(digest);
}

std::string text(std::string_view key, std::string_view value) {
  return std::string(key) + " = \"" + std::string(value) + "\"\n";
}
std::string day(std::string_view key, CivilDate date) {
  return std::string(key) + " = " + to_iso(date) + "\n";
}

// What the first letters of a regime could speak about; every fourth institution kept to this list.
constexpr std::string_view kNarrowCategories =
    "categories = [\"RECEIPT\", \"CHART_TEXT\", \"LAB\", \"CHECKUP\", \"DEATH\"]\n";

void add_letter(std::string& toml, const SynthInstitution& institution, Act act, bool outdated, bool narrow) {
  toml += "\n[[template]]\n" + text("id", letter_id(institution, act, outdated)) + text("regime", regime_code(act)) +
          text("holder", institution.code);
  const std::string version = act == Act::kPseudo ? "V2024" : outdated ? "V2018" : "V2022";
  toml += text("legal_version", version);
  if (narrow) toml += kNarrowCategories;
  if (outdated)
    toml += day("effective_from", CivilDate::of(2018, 5, 11)) + day("effective_to", CivilDate::of(2022, 4, 1));
  // Letters handed out before April 2022 were completed by a supplement: legally a V2018 letter with the missing items.
  else
    toml += day("effective_from", act == Act::kPseudo ? CivilDate::of(2024, 4, 1) : CivilDate::of(2022, 4, 1));
  toml += text("document_sha256", sha256_hex(letter_id(institution, act, outdated)));
}

}  // namespace

std::string policy_toml(const World& world) {
  const CivilDate today = world.parameters().today;
  std::string toml =
      "# A made-up world (ishi synth). To be read after regimes.toml and " + world.parameters().profile + ".toml.\n";
  for (std::size_t i = 0; i < world.institutions().size(); ++i) {
    const SynthInstitution& institution = world.institutions()[i];
    toml += "\n[[institution]]\n" + text("code", institution.code) + text("name", institution.name) +
            text("municipality", institution.municipality) + text("medical_area", institution.medical_area);
    if (institution.waits_a_month) toml += "wait = { mode = \"MONTH\", months = 1 }\n";
    const auto filing = [&](Act act, CivilDate from) {
      toml += "[[institution.filing]]\n" + text("regime", regime_code(act)) +
              text("number", std::string(act == Act::kAnon ? "A-" : "P-") + zero_padded(i + 1, 5)) +
              day("valid_from", from);
    };
    filing(Act::kAnon, institution.anon_from);
    if (institution.pseudo_from) filing(Act::kPseudo, *institution.pseudo_from);
  }
  for (const OperatorProfile& op : world.operators()) {
    toml += "\n[[operator]]\n" + text("code", op.code) + text("name", op.name) +
            "regimes = [\"NGMIA_ANON\", \"NGMIA_PSEUDO\", \"NGMIA_LINK\"]\n" + day("certified_from", op.certified_from);
  }
  if (world.parameters().scenario == Scenario::kTiny) {
    toml += "\n[[operator]]\n" + text("code", kFormerOperator) + text("name", "旧認定作成事業者") +
            "regimes = [\"NGMIA_ANON\"]\n" + day("certified_from", CivilDate::of(2020, 1, 1)) +
            day("certified_to", today.plus_days(-30));
  }
  for (std::size_t i = 0; i < world.institutions().size(); ++i) {
    const SynthInstitution& institution = world.institutions()[i];
    const bool narrow = world.parameters().scenario == Scenario::kTiny ? i == 0 : i % 4 == 3;
    const bool early = institution.anon_from < CivilDate::of(2022, 4, 1);
    add_letter(toml, institution, Act::kAnon, false, narrow);
    if (early) {
      add_letter(toml, institution, Act::kAnon, true, narrow);
      toml += "\n[[template]]\n" + text("id", institution.code + "-A-2018S") + text("regime", regime_code(Act::kAnon)) +
              text("holder", institution.code) + text("legal_version", "V2018") + "supplementary_items = true\n" +
              (narrow ? std::string(kNarrowCategories) : std::string()) +
              day("effective_from", CivilDate::of(2018, 5, 11));
    }
    if (institution.pseudo_from) add_letter(toml, institution, Act::kPseudo, false, false);
    const auto campaign = [&](Act act, CivilDate from, const std::string& letter) {
      toml += "\n[[campaign]]\n" + text("id", campaign_id(institution, act)) + text("holder", institution.code) +
              text("regime", regime_code(act)) + text("template", letter) + day("running_from", from) +
              "methods = [\"POSTER\", \"COUNTER_LEAFLET\", \"WEBSITE\"]\n";
    };
    campaign(Act::kAnon, institution.anon_from,
             early ? institution.code + "-A-2018S" : letter_id(institution, Act::kAnon, false));
    if (institution.pseudo_from)
      campaign(Act::kPseudo, *institution.pseudo_from, letter_id(institution, Act::kPseudo, false));
  }
  const std::vector<CallerLine> callers = callers_of(world);
  for (std::size_t i = 0; i < callers.size(); ++i) {
    toml += "\n[[caller]]\n" + text("id", callers[i].id) + text("role", callers[i].role) +
            text("key_sha256", sha256_hex(key_of(world, i)));
    if (!callers[i].owner.empty()) toml += text(callers[i].owner_field, callers[i].owner);
  }
  return toml;
}

std::string keys_json(const World& world) {
  std::string json = "{\n  \"note\": \"keys of a made-up world; they open nothing else\",\n  \"callers\": [\n";
  const std::vector<CallerLine> callers = callers_of(world);
  for (std::size_t i = 0; i < callers.size(); ++i) {
    json += "    {\"id\": \"" + callers[i].id + "\", \"role\": \"" + callers[i].role + "\"";
    if (!callers[i].owner.empty()) json += ", \"" + callers[i].owner_field + "\": \"" + callers[i].owner + "\"";
    json += ", \"key\": \"" + key_of(world, i) + "\"}" + (i + 1 < callers.size() ? ",\n" : "\n");
  }
  return json + "  ]\n}\n";
}

}  // namespace ishi::synth
