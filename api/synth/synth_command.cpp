#include "api/synth/synth_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/synth/files/hospital_files.h"
#include "api/synth/files/policy_file.h"
#include "api/synth/files/registry_files.h"
#include "api/synth/files/text_file.h"
#include "api/synth/files/truth_file.h"
#include "api/synth/guide.h"
#include "api/synth/tiny_cases.h"
#include "api/synth/world/history.h"

namespace ishi::synth {
namespace {

constexpr double kWrongMergesPerPerson = 1.0 / 20'000;

Result<void> write_whole(const std::string& path, std::string_view text) {
  Result<TextFile> file = TextFile::create(path);
  if (!file) return fail(file.error());
  file->write(text);
  return file->close();
}

struct Hospitals {
  std::vector<std::unique_ptr<HospitalFiles>> files;  // by institution; null for those without
  static Result<Hospitals> create(const World& world, const SynthRequest& request) {
    Hospitals hospitals;
    hospitals.files.resize(world.institutions().size());
    // Over all sizes and kinds rather than the first ones.
    const std::size_t count = std::min(request.hospitals, hospitals.files.size());
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t i = k * hospitals.files.size() / count;
      const SynthInstitution& institution = world.institutions()[i];
      auto made = HospitalFiles::create(request.directory + "/hospital/" + institution.code, institution, i,
                                        world.parameters().seed, world.parameters().today);
      if (!made) return fail(made.error());
      hospitals.files[i] = std::move(*made);
    }
    return hospitals;
  }
};

}  // namespace

Result<SynthSummary> make_world(const SynthRequest& request) {
  Result<World> world = World::create(request.world);
  if (!world) return fail(world.error());
  std::error_code error;
  std::filesystem::create_directories(request.directory, error);
  if (error) return fail(ErrorKind::kUnavailable, "file", "cannot make " + request.directory + ": " + error.message());

  Result<RegistryFiles> registry = RegistryFiles::create(*world, request.directory);
  if (!registry) return fail(registry.error());
  Result<Hospitals> hospitals = Hospitals::create(*world, request);
  if (!hospitals) return fail(hospitals.error());
  std::optional<TextFile> truth;
  if (request.truth) {
    Result<TextFile> file = TextFile::create(request.directory + "/truth.ndjson");
    if (!file) return fail(file.error());
    truth = std::move(*file);
  }

  SynthSummary summary;
  Historian historian(*world);
  std::vector<Dirt> dirt;
  Quota wrong_merges(world->parameters().seed, 30);
  std::optional<Person> neighbour;
  for (const NeighbourhoodPlace& place : world->country().neighbourhoods()) {
    for (const Person& person : world->country().people_of(place)) {
      const Life life = historian.of(person);
      registry->write(person, life);
      // Now and then two people are taken for one, and parted again.
      if (wrong_merges.take(kWrongMergesPerPerson) && neighbour) {
        registry->link(neighbour->card, person.card, LinkSource::kHospital, std::nullopt);
        registry->split(neighbour->card, person.card);
      }
      neighbour = person;
      dirt.clear();
      for (const Patient& patient : life.patient_of) {
        HospitalFiles* files = hospitals->files[patient.institution].get();
        dirt.push_back(files == nullptr ? Dirt::kNone : files->add(person, patient));
      }
      if (truth) truth->write(truth_line(*world, person, life, dirt));
      ++summary.people;
      summary.notified += life.notices.empty() ? 0 : 1;
      summary.notice_rows += life.notices.size();
      summary.objections += life.objection ? 1 : 0;
    }
  }
  if (request.world.scenario == Scenario::kTiny) {
    const TinyTelling tiny = tell_tiny_cases(*world, *registry);
    if (auto written = write_whole(request.directory + "/tiny_cases.csv", tiny_cases_csv(tiny.cases)); !written)
      return fail(written.error());
    summary.people += tiny.people;
  }
  summary.registry_rows = registry->rows();
  if (auto closed = registry->close(); !closed) return fail(closed.error());
  for (const std::unique_ptr<HospitalFiles>& files : hospitals->files) {
    if (!files) continue;
    if (auto closed = files->close(); !closed) return fail(closed.error());
    summary.hospital_rows += files->rows();
  }
  if (truth) {
    if (auto closed = truth->close(); !closed) return fail(closed.error());
  }
  const std::pair<std::string, std::string> texts[] = {{"policy.toml", policy_toml(*world)},
                                                       {"keys.json", keys_json(*world)},
                                                       {"world.json", world_json(*world, summary)},
                                                       {"README.txt", guide_text(*world, summary, request.truth)}};
  for (const auto& [name, text] : texts) {
    if (auto written = write_whole(request.directory + "/" + name, text); !written) return fail(written.error());
  }
  return summary;
}

int run_synth(std::span<const std::string> arguments) {
  CLI::App app{"Makes a synthetic world: registry files, hospital files, policy. The same seed gives the same bytes.",
               "ishi synth"};
  app.set_version_flag("--version", "ishi-synth " ISHI_VERSION);
  SynthRequest request;
  std::string today = "2026-11-20";
  const std::map<std::string, Scenario> scenarios{
      {"S-TINY", Scenario::kTiny}, {"S-CITY", Scenario::kCity}, {"S-NATION", Scenario::kNation}};
  app.add_option("--scenario", request.world.scenario,
                 "S-TINY (200 people), S-CITY (300 k), S-NATION (123.8 M times scale)")
      ->transform(CLI::CheckedTransformer(scenarios))
      ->option_text("NAME REQUIRED")
      ->required();
  app.add_option("--out", request.directory, "directory to fill")->required();
  app.add_option("--scale", request.world.scale, "of the scenario's population")->capture_default_str();
  app.add_option("--seed", request.world.seed, "names the world")->capture_default_str();
  app.add_option("--profile", request.world.profile, "framework option under ops/policy")
      ->check(CLI::IsMember({"option_1", "option_2_1", "option_2_2", "option_3", "option_4"}))
      ->capture_default_str();
  app.add_option("--today", today, "the world's day: everything lies before it")->capture_default_str();
  app.add_option("--hospitals", request.hospitals, "how many institutions get files of their own, at most 100")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_flag("--truth", request.truth, "write truth.ndjson too");
  app.footer("Example:\n  ishi synth --scenario S-TINY --out tiny");
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& parse_error) {
    return app.exit(parse_error) == 0 ? 0 : 2;
  }
  const std::optional<CivilDate> day = parse_date(today);
  if (!day || *day < CivilDate::of(2026, 1, 1) || *day > CivilDate::of(2099, 12, 31)) {
    std::fprintf(stderr, "ishi synth: --today must be a date from 2026-01-01 to 2099-12-31, like 2026-11-20\n");
    return 2;
  }
  request.world.today = *day;

  const auto start = std::chrono::steady_clock::now();
  const Result<SynthSummary> summary = make_world(request);
  if (!summary) {
    std::fprintf(stderr, "ishi synth: %s\n", summary.error().detail.c_str());
    return summary.error().kind == ErrorKind::kInvalidArgument ? 2 : 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf(
      "%llu people, %llu rows for the registry, %llu rows at hospitals, %llu objections, in %.1f s\n%s/README.txt says "
      "what is what.\n",
      static_cast<unsigned long long>(summary->people), static_cast<unsigned long long>(summary->registry_rows),
      static_cast<unsigned long long>(summary->hospital_rows), static_cast<unsigned long long>(summary->objections),
      seconds, request.directory.c_str());
  return 0;
}

}  // namespace ishi::synth
