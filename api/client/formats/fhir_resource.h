// What a filter must know of one FHIR R4 resource (JP Core): its kind, whom it is about, and the insurance identifiers
// it carries. Read as a stream of JSON events: memory is one value at a time, depth is bounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/client/formats/item.h"

namespace ishi::client {

struct FhirResource {
  std::string type, id;
  std::vector<std::string> references;    // of subject, patient and beneficiary, as written
  std::vector<Identifier> insurance_ids;  // identifiers with a JP Core insurance system
};

// Nothing if it is not one JSON object, or nested deeper than 100.
std::optional<FhirResource> read_fhir_resource(std::string_view json);

// "Patient/p1", "https://…/Patient/p1/_history/3", "urn:uuid:p1" -> the person; nothing for other references.
std::optional<LocalPerson> local_person(std::string_view reference);
// Kinds of resource that are about nobody: Organization, Practitioner, Location, Medication, …
bool is_about_nobody(std::string_view type);
// The system of an insurance identifier in the colon form (kLine) or the CSV form (kCsv).
std::optional<Identifier::Kind> insurance_system(std::string_view system);

}  // namespace ishi::client
