// The files that fill a registry: one per kind of write, with the field names of its API (POST /v1/notices …).
#pragma once

#include <optional>
#include <string>

#include "api/synth/files/text_file.h"
#include "api/synth/world/history.h"
#include "api/synth/world/world.h"

namespace ishi::synth {

class RegistryFiles {
 public:
  static Result<RegistryFiles> create(const World& world, const std::string& directory);

  void write(const Person& person, const Life& life);
  // Single rows, for scenarios that make their own.
  void notice(const Card& card, std::string_view holder, std::string_view regime, std::string_view letter,
              std::string_view method, CivilDate date, std::string_view campaign);
  void visit(const Card& card, std::string_view holder, CivilDate date);
  void objection(const Card& card, const Request& request, std::optional<CivilDate> birth,
                 std::optional<CivilDate> death, bool still_on_paper);
  void withdrawal(const Card& card, const TakenBack& taken_back, std::optional<CivilDate> birth);
  void consent(const Card& card, const Consent& consent, std::optional<CivilDate> birth);
  void link(const Card& card, const Card& other, LinkSource source, std::optional<CivilDate> valid_from);
  void split(const Card& card, const Card& other);
  void death(const Card& card, CivilDate date);
  std::uint64_t rows() const;
  Result<void> close();

 private:
  struct Files {
    TextFile notices, voided, visits, objections, backlog, withdrawals, consents, links, splits, deaths;
  };
  RegistryFiles(const World& world, Files files) : world_(&world), files_(std::move(files)) {}

  const World* world_;
  Files files_;
};

// The identifiers of the policy's letters and campaigns.
std::string letter_id(const SynthInstitution& institution, Act act, bool outdated);
// The letter in use on that day: before April 2022 one of 2018, completed by its supplement unless outdated.
std::string letter_on(const SynthInstitution& institution, Act act, bool outdated, CivilDate date);
std::string campaign_id(const SynthInstitution& institution, Act act);

}  // namespace ishi::synth
