// NDJSON, JSON and CSV rows: pieces of the body in order, whole or faulty, never more than the limits.
#include "api/records/record_reader.h"

#include <algorithm>
#include <set>

#include "registry/text.h"
#include "tests/fuzz/fuzz.h"

namespace ishi::fuzz {
namespace {

void check_fields(const api::Row& row) {
  FUZZ_MUST(row.fields.size() <= api::kRowFieldsMax && row.items.size() <= api::kRowItemsMax);
  std::set<std::string_view> names;
  for (const api::Field& field : row.fields) {
    FUZZ_MUST(names.insert(field.name).second);
    FUZZ_MUST(field.name.size() <= api::kNameBytesMax);
    FUZZ_MUST(utf8_valid(field.name) && utf8_valid(field.text));
    FUZZ_MUST(std::size_t{field.first_item} + field.item_count <= row.items.size());
    FUZZ_MUST(field.kind == api::ValueKind::kList || field.item_count == 0);
    for (const std::string_view item : row.list(field)) FUZZ_MUST(utf8_valid(item));
    FUZZ_MUST(row.find(field.name) == &field);
  }
}

const Registration kTarget("rows", [](std::string_view body) {
  const auto format = static_cast<api::RecordFormat>(take_choice(body, 3));
  api::RecordReader reader(format, body);
  FUZZ_MUST(reader.header_bytes().empty() || lies_in(reader.header_bytes(), body));
  const char* seen = body.data();
  while (const api::Row* row = reader.next()) {
    FUZZ_MUST(reader.header_fault() == api::RowFault::kNone);
    FUZZ_MUST(!row->bytes.empty() && lies_in(row->bytes, body) && row->bytes.data() >= seen);
    FUZZ_MUST(row->line == 1 + static_cast<std::uint64_t>(std::count(body.data(), row->bytes.data(), '\n')));
    seen = row->bytes.data() + row->bytes.size();
    FUZZ_MUST(row->fault == api::RowFault::kNone || (row->fields.empty() && !row->trailer));
    FUZZ_MUST((row->fault == api::RowFault::kNone) == api::code_of(row->fault).empty());
    if (row->fault != api::RowFault::kNone) continue;
    FUZZ_MUST(row->bytes.size() <= api::kRowBytesMax);
    if (format == api::RecordFormat::kCsv && !row->trailer) FUZZ_MUST(row->fields.size() == reader.columns().size());
    check_fields(*row);
  }
});

}  // namespace
}  // namespace ishi::fuzz
