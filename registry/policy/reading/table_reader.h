// TableReader: one TOML table, read key by key. Each getter notes the key as known, complains with document, line and
// field if the value is not what it should be, and returns nothing then. finish() complains about keys nobody asked
// for. The TOML library stays behind this header. Internal to registry/policy; one reading, one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/policy/policy_book.h"
#include "registry/policy/reading/complaints.h"

namespace ishi {

constexpr std::size_t kListEntriesMax = 200;
constexpr std::size_t kTextBytesMax = 1'000;

struct ListedText {  // one entry of a list of strings
  std::string text;
  Place place;
  std::string field;  // "institution[3].filing[1].regime"
};

class TableReader {
 public:
  // REQUIRES: `table` is a table of the TOML library and outlives this object, as do `complaints`.
  TableReader(const void* table, std::uint32_t document, std::string path, Complaints& complaints);

  bool has(const char* key) const;                            // without noting the key
  Place place() const { return place_; }                      // of the table
  Place place_of(const char* key) const;                      // of the value, or of the table when it is missing
  std::string field(std::string_view key) const;              // "regime[2].wait"
  void complain(const char* key, std::string message) const;  // at the key's place

  // Missing: nothing, no complaint. Wrong type or range: complaint, nothing.
  std::optional<std::string> text(const char* key);
  std::optional<std::string> code(const char* key);  // 1..64 of A-Z a-z 0-9 _ - .
  std::optional<int> integer(const char* key, int minimum, int maximum);
  std::optional<bool> boolean(const char* key);
  std::optional<CivilDate> date(const char* key);                    // 2026-04-01, bare or in quotes
  std::optional<std::vector<ListedText>> texts(const char* key);     // no entry twice
  std::optional<std::vector<ListedText>> patterns(const char* key);  // codes, or beginnings of codes and one * each
  std::optional<TableReader> table(const char* key);
  std::vector<TableReader> tables(const char* key, std::size_t entries_max);  // [[key]] or key = [{…}, …]
  template <typename Enum>
  std::optional<Enum> choice(const char* key, std::optional<Enum> (*parse)(std::string_view), std::string (*names)());

  // The same, and a complaint when the key is missing.
  std::string required_text(const char* key);
  std::optional<std::string> required_code(const char* key);
  std::optional<CivilDate> required_date(const char* key);
  bool require(const char* key);  // notes the key
  // A closed-open range of days, never empty; without a first day it has held since 1970.
  DateRange range(const char* from_key, const char* to_key, bool from_required);

  void finish();

 private:
  const void* find(const char* key);
  std::optional<std::vector<ListedText>> entries(const char* key, bool patterns);
  void wrong_type(const char* key, const char* wanted) const;

  const void* table_;
  std::uint32_t document_;
  std::string path_;
  Place place_;
  Complaints* complaints_;
  std::vector<const char*> known_;
};

// One parsed document; owns the tables that its readers look at.
class TomlDocument {
 public:
  // Complains and returns nothing when the text is not TOML.
  static std::unique_ptr<TomlDocument> parse(std::string_view text, std::uint32_t document, Complaints& complaints);
  ~TomlDocument();
  TomlDocument(const TomlDocument&) = delete;
  TomlDocument& operator=(const TomlDocument&) = delete;
  TableReader& root() { return root_; }

 private:
  struct Parsed;
  TomlDocument(std::unique_ptr<Parsed> parsed, std::uint32_t document, Complaints& complaints);
  std::unique_ptr<Parsed> parsed_;
  TableReader root_;
};

template <typename Enum>
std::optional<Enum> TableReader::choice(const char* key, std::optional<Enum> (*parse)(std::string_view),
                                        std::string (*names)()) {
  const std::optional<std::string> name = text(key);
  if (!name) return std::nullopt;
  const std::optional<Enum> value = parse(*name);
  if (!value) complain(key, quoted(*name) + " is not known; must be " + names());
  return value;
}

}  // namespace ishi
