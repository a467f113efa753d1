#include "api/records/row.h"

namespace ishi::api {

std::string_view code_of(RowFault fault) {
  switch (fault) {
    case RowFault::kNone: return "";
    case RowFault::kTooLong: return "row_too_long";
    case RowFault::kTooManyFields: return "too_many_fields";
    case RowFault::kInvalidUtf8: return "invalid_utf8";
    case RowFault::kMalformed: return "malformed_row";
    case RowFault::kTooDeep: return "too_deep";
    case RowFault::kDuplicateName: return "duplicate_name";
    case RowFault::kFieldCount: return "field_count";
  }
  return "";
}

const Field* Row::find(std::string_view name) const {
  for (const Field& field : fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string_view Row::text(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? std::string_view() : field->text;
}

}  // namespace ishi::api
