#include "api/client/formats/fhir_resource.h"

#include <openssl/sha.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ishi::client {
namespace {

using Json = nlohmann::json;
constexpr std::size_t kDepthMax = 100;

// Watches the few paths that matter: resourceType, id, {subject,patient,beneficiary}[].reference,
// identifier[].{system,value}.
class Watcher final : public nlohmann::json_sax<Json> {
 public:
  explicit Watcher(FhirResource& resource) : resource_(resource) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t) override { return scalar(); }
  bool number_unsigned(number_unsigned_t) override { return scalar(); }
  bool number_float(number_float_t, const string_t&) override { return scalar(); }
  bool binary(binary_t&) override { return scalar(); }
  bool string(string_t& value) override {
    if (path_.empty()) return false;
    if (path_.size() == 1 && path_[0] == "resourceType") return once(resource_.type, value);
    if (path_.size() == 1 && path_[0] == "id") return once(resource_.id, value);
    if (path_.size() == 2 && path_[1] == "reference" && names_person(path_[0])) resource_.references.push_back(value);
    if (path_.size() == 2 && path_[0] == "identifier") {
      if (path_[1] == "system") system_ = value;
      if (path_[1] == "value") value_ = value;
    }
    return true;
  }
  bool key(string_t& name) override {
    path_.back() = name;
    return true;
  }
  bool start_object(std::size_t) override {
    if (containers_.empty() ? done_ : containers_.size() >= kDepthMax) return false;
    containers_ += '{';
    path_.emplace_back();
    return true;
  }
  bool end_object() override {
    containers_.pop_back();
    path_.pop_back();
    if (path_.size() == 1 && path_[0] == "identifier") end_identifier();
    done_ = containers_.empty();
    return true;
  }
  bool start_array(std::size_t) override {
    if (containers_.empty() || containers_.size() >= kDepthMax) return false;
    containers_ += '[';
    return true;
  }
  bool end_array() override {
    containers_.pop_back();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  static bool names_person(std::string_view member) {
    return member == "subject" || member == "patient" || member == "beneficiary";
  }
  // A key that stands twice means different things to different readers: such a resource is unreadable.
  static bool once(std::string& member, const std::string& value) {
    if (!member.empty()) return false;
    member = value;
    return true;
  }
  bool scalar() const { return !path_.empty(); }
  void end_identifier() {
    if (const auto kind = insurance_system(system_)) {
      Identifier identifier;
      identifier.kind = *kind;
      identifier.text = value_;
      resource_.insurance_ids.push_back(std::move(identifier));
    }
    system_.clear();
    value_.clear();
  }

  FhirResource& resource_;
  std::string containers_;         // '{' and '[' from the outside in
  std::vector<std::string> path_;  // the current key of each open object
  std::string system_, value_;
  bool done_ = false;
};

}  // namespace

std::optional<FhirResource> read_fhir_resource(std::string_view json) {
  FhirResource resource;
  Watcher watcher(resource);
  if (!Json::sax_parse(json.begin(), json.end(), &watcher)) return std::nullopt;
  return resource;
}

std::optional<LocalPerson> local_person(std::string_view reference) {
  constexpr std::string_view kPatient = "Patient/", kUrn = "urn:uuid:";
  std::string_view id;
  if (reference.starts_with(kUrn)) {
    id = reference.substr(kUrn.size());
  } else {
    const std::size_t at = reference.rfind(kPatient);
    if (at == std::string_view::npos || (at > 0 && reference[at - 1] != '/')) return std::nullopt;
    id = reference.substr(at + kPatient.size());
    id = id.substr(0, id.find('/'));
  }
  if (id.empty()) return std::nullopt;
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(id.data()), id.size(), digest.data());
  LocalPerson person{};
  std::copy_n(digest.begin(), person.size(), person.begin());
  return person;
}

bool is_about_nobody(std::string_view type) {
  static constexpr std::array kTypes = {
      std::string_view("CodeSystem"),        std::string_view("Endpoint"),
      std::string_view("HealthcareService"), std::string_view("InsurancePlan"),
      std::string_view("Location"),          std::string_view("Medication"),
      std::string_view("Organization"),      std::string_view("OrganizationAffiliation"),
      std::string_view("Practitioner"),      std::string_view("PractitionerRole"),
      std::string_view("Substance"),         std::string_view("ValueSet"),
  };
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::optional<Identifier::Kind> insurance_system(std::string_view system) {
  if (!system.starts_with("http://jpfhir.jp/fhir/")) return std::nullopt;
  if (system.ends_with("/JP_Insurance_memberID")) return Identifier::Kind::kLine;
  if (system.find("/JP_Insurance_member/") != std::string_view::npos) return Identifier::Kind::kLine;
  if (system.ends_with("/JP_Coverage_id")) return Identifier::Kind::kCsv;
  return std::nullopt;
}

}  // namespace ishi::client
