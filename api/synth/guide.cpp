#include "api/synth/guide.h"

#include <array>

#include "registry/time.h"

namespace ishi::synth {
namespace {

std::string_view scenario_name(Scenario scenario) {
  constexpr std::array<std::string_view, 3> kNames{"S-TINY", "S-CITY", "S-NATION"};
  return kNames[static_cast<std::size_t>(scenario)];
}

}  // namespace

std::string guide_text(const World& world, const SynthSummary& summary, bool truth) {
  const WorldParameters& made = world.parameters();
  std::string text =
      "A synthetic world: " + std::string(scenario_name(made.scenario)) + ", seed " + std::to_string(made.seed) +
      ", as of " + to_iso(made.today) + ".\n" + std::to_string(summary.people) + " people, " +
      std::to_string(summary.notified) +
      " of them told at least once. Nobody in it exists.\n\n"
      "Load in this order (POST to the path; text/csv; any caller that may, e.g. registry-ops):\n"
      "  policy.toml          with ops/policy/regimes.toml and ops/policy/" +
      made.profile +
      ".toml: the policy book\n"
      "  links.csv            /v1/links        old card and new card of one person, as far as the linker has heard\n"
      "  notices.csv          /v1/notices      handed, posted and electronic notices\n"
      "  visits.csv           /v1/visits       first visits since a campaign began: the registry makes the notice\n"
      "  notices_voided.csv   /v1/notices      letters that came back\n"
      "  deaths.csv           /v1/deaths\n"
      "  objections.csv       /v1/objections\n"
      "  consents.csv         /v1/consents\n"
      "  withdrawals.csv      /v1/withdrawals\n"
      "  splits.csv           /v1/splits       links that were wrong\n"
      "  objections_on_paper.csv               accepted at a desk before that day, not yet typed in: load later,\n"
      "                                        to see late objections recalled\n\n"
      "Not for loading:\n"
      "  keys.json            API keys of the callers in policy.toml; they open nothing but this world\n"
      "  world.json           how this world was made\n";
  if (made.scenario == Scenario::kTiny) {
    text += "  tiny_cases.csv       questions about the edge cases, with the answer that is right\n";
  }
  if (truth) text += "  truth.ndjson         what is really so, person by person\n";
  text +=
      "\nhospital/<code>/         what a hospital has on its own machines; copies of cards, some of them mistyped or "
      "stale:\n"
      "  patients.csv         UTF-8 with byte order mark, or CP932; Japanese column names\n"
      "  coverage.ndjson      FHIR Coverage, both JP Core identifier systems by turns\n"
      "  ids.txt              insurer:symbol:number:branch, one a line\n"
      "  fund/, federation/   last month's claims (CP932, CRLF): RECEIPTC medical, RECEIPTD DPC, RECEIPTS dental,\n"
      "                       RECEIPTY pharmacy. To the employees' fund, and to the NHI federation\n"
      "  Two claims name no insurance, and one row has a My Number where the number belongs: both must be withheld.\n\n"
      "Institutions:\n";
  for (const SynthInstitution& institution : world.institutions()) {
    text += "  " + institution.code + "  " + world.operators()[institution.operator_index].code + "  ANON from " +
            to_iso(institution.anon_from) +
            (institution.pseudo_from ? ", PSEUDO from " + to_iso(*institution.pseudo_from) : "") +
            (institution.waits_a_month ? ", waits a month" : "") + "  " + institution.name + "\n";
  }
  return text;
}

std::string world_json(const World& world, const SynthSummary& summary) {
  const WorldParameters& made = world.parameters();
  std::string json = "{\n  \"scenario\": \"" + std::string(scenario_name(made.scenario)) +
                     "\",\n  \"seed\": " + std::to_string(made.seed) + ",\n  \"today\": \"" + to_iso(made.today) +
                     "\",\n  \"profile\": \"" + made.profile + "\",\n  \"policy\": [\"regimes.toml\", \"" +
                     made.profile + ".toml\", \"policy.toml\"],\n  \"people\": " + std::to_string(summary.people) +
                     ",\n  \"told\": " + std::to_string(summary.notified) +
                     ",\n  \"notices\": " + std::to_string(summary.notice_rows) +
                     ",\n  \"objections\": " + std::to_string(summary.objections) +
                     ",\n  \"registry_rows\": " + std::to_string(summary.registry_rows) +
                     ",\n  \"hospital_rows\": " + std::to_string(summary.hospital_rows) + ",\n  \"institutions\": [";
  for (std::size_t i = 0; i < world.institutions().size(); ++i) {
    json += std::string(i == 0 ? "\"" : ", \"") + world.institutions()[i].code + "\"";
  }
  return json + "]\n}\n";
}

}  // namespace ishi::synth
