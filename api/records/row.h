// Row: one record of an NDJSON or CSV body, flat: names and texts. Everything in it points into the body or into
// its reader and is valid until the reader's next step. Plain values; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ishi::api {

constexpr std::size_t kRowBytesMax = 65'536;  // with its line end
constexpr std::size_t kRowFieldsMax = 64;
constexpr std::size_t kNameBytesMax = 128;   // of a field's name, nested prefix included
constexpr std::size_t kRowItemsMax = 4'096;  // strings in all lists of a row

// What is wrong with one row. Its neighbours are not affected.
enum class RowFault : std::uint8_t {
  kNone,
  kTooLong,        // more than kRowBytesMax
  kTooManyFields,  // more than kRowFieldsMax, or more than kRowItemsMax list items
  kInvalidUtf8,
  kMalformed,  // not a JSON object (RFC 8259), or not a CSV record (RFC 4180)
  kTooDeep,    // an object in an object in an object, or a list of anything but texts
  kDuplicateName,
  kFieldCount,  // CSV: not as many fields as the header
};
std::string_view code_of(RowFault fault);  // "malformed_row"; empty for kNone

enum class ValueKind : std::uint8_t { kNull, kText, kNumber, kBoolean, kList };

struct Field {
  std::string_view name;  // "holder"; "trailer.count" for a value one object down
  std::string_view text;  // unescaped text; a number or boolean as written; empty for null and lists
  ValueKind kind = ValueKind::kText;
  std::uint32_t first_item = 0, item_count = 0;  // of a list, in Row::items
};

struct Row {
  std::uint64_t line = 0;  // 1-based physical line on which it begins; a CSV header counts
  std::string_view bytes;  // exactly as it stands in the body, with its line end
  RowFault fault = RowFault::kNone;
  std::vector<Field> fields;  // empty when there is a fault
  std::vector<std::string_view> items;
  std::optional<std::uint64_t> trailer;  // {"trailer":{"count":N}} or #TRAILER,N: not a record but their number

  const Field* find(std::string_view name) const;      // nullptr if missing
  std::string_view text(std::string_view name) const;  // empty if missing, null or a list
  std::span<const std::string_view> list(const Field& field) const {
    return std::span(items).subspan(field.first_item, field.item_count);
  }
};

}  // namespace ishi::api
