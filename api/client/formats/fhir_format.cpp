#include "api/client/formats/fhir_format.h"

#include <algorithm>

#include "api/client/formats/fhir_resource.h"
#include "api/client/text/line_reader.h"

namespace ishi::client {
namespace {

class FhirReader final : public PieceReader {
 public:
  explicit FhirReader(BytesSource& source) : lines_(source, kClaimBytesMax) {}

  Result<bool> next(Piece& piece) override {
    piece = Piece();
    auto line = lines_.next();
    if (!line) return fail(line.error());
    if (!*line) return false;
    piece.bytes = **line;
    piece.line = lines_.line();
    std::string_view json = trimmed(piece.bytes);
    if (json.empty()) return true;
    piece.kind = PieceKind::kItem;
    auto resource = read_fhir_resource(json);
    if (!resource) {
      piece.problem = "json_unreadable";
    } else {
      describe(std::move(*resource), piece);
    }
    return true;
  }

 private:
  static void describe(FhirResource resource, Piece& piece) {
    if (resource.type.empty()) {
      piece.problem = "resource_type_missing";
      return;
    }
    if (resource.type == "Patient") resource.references.push_back("Patient/" + resource.id);
    for (const std::string& reference : resource.references) {
      const auto person = local_person(reference);
      if (!person) {
        piece.problem = "patient_reference_unreadable";
        return;
      }
      piece.people.push_back(*person);
    }
    std::sort(piece.people.begin(), piece.people.end());
    piece.people.erase(std::unique(piece.people.begin(), piece.people.end()), piece.people.end());
    const bool identifies = resource.type == "Coverage" || resource.type == "Patient";
    if (piece.people.empty()) {
      piece.names_nobody = is_about_nobody(resource.type);
      if (!piece.names_nobody) piece.problem = "patient_reference_missing";
    } else if (identifies) {
      if (resource.insurance_ids.empty() && resource.type == "Coverage") piece.problem = "insurance_identifier_missing";
      piece.identifiers = std::move(resource.insurance_ids);
    }
  }

  LineReader lines_;
};

}  // namespace

std::unique_ptr<PieceReader> make_fhir_reader(BytesSource& source) {
  return std::make_unique<FhirReader>(source);
}

}  // namespace ishi::client
