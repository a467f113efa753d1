// FHIR bulk exports (NDJSON). A person of the file is a Patient id. Coverage and Patient resources with a JP Core
// insurance identifier say who that is; every resource about a person is kept only if every one of the person's
// identifiers in the file may be used. A person without any identifier in the file is not kept. Resources that are
// about nobody (Organization, Practitioner, …) are copied; anything else that names no patient is withheld.
#pragma once

#include <memory>

#include "api/client/formats/format.h"

namespace ishi::client {

std::unique_ptr<PieceReader> make_fhir_reader(BytesSource& source);

}  // namespace ishi::client
