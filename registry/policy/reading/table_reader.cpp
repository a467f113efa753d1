#include "registry/policy/reading/table_reader.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <toml++/toml.h>

namespace ishi {
namespace {

const toml::table& as_table(const void* table) {
  return *static_cast<const toml::table*>(table);
}
const toml::node& as_node(const void* node) {
  return *static_cast<const toml::node*>(node);
}
std::uint32_t line_of(const toml::node& node) {
  return static_cast<std::uint32_t>(node.source().begin.line);
}

constexpr std::size_t kTomlMessageBytesMax = 300;

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

// "PUBDB_*", "*".
bool is_beginning(std::string_view text) {
  if (!text.ends_with('*')) return false;
  text.remove_suffix(1);
  return text.empty() || is_code(text);
}

bool is_clean(std::string_view text) {
  return text.size() <= kTextBytesMax && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
         });
}

// How many single-letter edits apart; anything above `limit` is `limit + 1`.
std::size_t edits_between(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size() + limit || b.size() > a.size() + limit) return limit + 1;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return std::min(row[b.size()], limit + 1);
}

// "did you mean 'wait'?" or the list of what is known here.
std::string advice_for(std::string_view key, std::vector<std::string_view> known) {
  constexpr std::size_t kEditsMax = 2;
  std::string_view nearest;
  std::size_t fewest = kEditsMax + 1;
  for (const std::string_view candidate : known) {
    const std::size_t edits = edits_between(key, candidate, kEditsMax);
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  if (!nearest.empty()) return "did you mean '" + std::string(nearest) + "'?";
  std::sort(known.begin(), known.end());
  std::string text = "known here:";
  for (const std::string_view candidate : known) text += " " + std::string(candidate);
  return text;
}

}  // namespace

TableReader::TableReader(const void* table, std::uint32_t document, std::string path, Complaints& complaints)
    : table_(table), document_(document), path_(std::move(path)), complaints_(&complaints) {
  // The root of a document has no line of its own.
  place_ = Place{document, path_.empty() ? 0 : line_of(as_table(table))};
}

bool TableReader::has(const char* key) const {
  return as_table(table_).contains(key);
}

Place TableReader::place_of(const char* key) const {
  const toml::node* node = as_table(table_).get(key);
  return node == nullptr ? place_ : Place{document_, line_of(*node)};
}

std::string TableReader::field(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void TableReader::complain(const char* key, std::string message) const {
  complaints_->add(place_of(key), field(key), std::move(message));
}

void TableReader::wrong_type(const char* key, const char* wanted) const {
  complain(key, std::string("must be ") + wanted);
}

const void* TableReader::find(const char* key) {
  known_.push_back(key);
  return as_table(table_).get(key);
}

std::optional<std::string> TableReader::text(const char* key) {
  const void* found = find(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = as_node(found).as_string();
  if (value == nullptr) {
    wrong_type(key, "a string");
  } else if (!is_clean(value->get())) {
    complain(key, "must be one line of at most " + std::to_string(kTextBytesMax) + " bytes without control characters");
  } else {
    return value->get();
  }
  return std::nullopt;
}

std::optional<std::string> TableReader::code(const char* key) {
  std::optional<std::string> value = text(key);
  if (!value || is_code(*value)) return value;
  complain(key, "must be 1 to 64 of the characters A-Z a-z 0-9 _ - .");
  return std::nullopt;
}

std::optional<int> TableReader::integer(const char* key, int minimum, int maximum) {
  const void* found = find(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = as_node(found).as_integer();
  if (value != nullptr && value->get() >= minimum && value->get() <= maximum) return static_cast<int>(value->get());
  complain(key, "must be a whole number, " + std::to_string(minimum) + ".." + std::to_string(maximum));
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(const char* key) {
  const void* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* value = as_node(found).as_boolean()) return value->get();
  wrong_type(key, "true or false");
  return std::nullopt;
}

std::optional<CivilDate> TableReader::date(const char* key) {
  const void* found = find(key);
  if (found == nullptr) return std::nullopt;
  std::optional<CivilDate> result;
  if (const auto* bare = as_node(found).as_date()) {
    const toml::date& value = bare->get();
    const auto day = std::chrono::year(value.year) / value.month / value.day;
    if (value.year >= 1868 && value.year <= 9999 && day.ok())
      result = CivilDate::of(value.year, value.month, value.day);
  } else if (const auto* written = as_node(found).as_string()) {
    result = parse_date(written->get());
  }
  if (!result) complain(key, "must be a date that exists, written 2026-04-01, 1868..9999");
  return result;
}

std::optional<std::vector<ListedText>> TableReader::texts(const char* key) {
  return entries(key, false);
}

std::optional<std::vector<ListedText>> TableReader::patterns(const char* key) {
  return entries(key, true);
}

std::optional<std::vector<ListedText>> TableReader::entries(const char* key, bool patterns) {
  const void* found = find(key);
  if (found == nullptr) return std::nullopt;
  const toml::array* list = as_node(found).as_array();
  if (list == nullptr) {
    wrong_type(key, "a list of strings: [\"A\", \"B\"]");
    return std::nullopt;
  }
  if (list->size() > kListEntriesMax) {
    complain(key, "must have at most " + std::to_string(kListEntriesMax) + " entries");
    return std::nullopt;
  }
  std::vector<ListedText> result;
  std::vector<std::string_view> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const toml::node& entry = *list->get(i);
    const Place entry_place{document_, line_of(entry)};
    std::string entry_field = field(key) + "[" + std::to_string(i + 1) + "]";
    const auto* value = entry.as_string();
    if (value == nullptr || !(is_code(value->get()) || (patterns && is_beginning(value->get())))) {
      complaints_->add(entry_place, std::move(entry_field),
                       std::string("must be a string of 1 to 64 of the characters A-Z a-z 0-9 _ - .") +
                           (patterns ? ", or its beginning and one *" : ""));
      continue;
    }
    if (std::find(seen.begin(), seen.end(), value->get()) != seen.end()) {
      complaints_->add(entry_place, std::move(entry_field), quoted(value->get()) + " is in this list already");
      continue;
    }
    seen.push_back(value->get());
    result.push_back({value->get(), entry_place, std::move(entry_field)});
  }
  return result;
}

std::optional<TableReader> TableReader::table(const char* key) {
  const void* found = find(key);
  if (found == nullptr) return std::nullopt;
  if (const toml::table* inner = as_node(found).as_table())
    return TableReader(inner, document_, field(key), *complaints_);
  wrong_type(key, "a table: { key = value }");
  return std::nullopt;
}

std::vector<TableReader> TableReader::tables(const char* key, std::size_t entries_max) {
  std::vector<TableReader> result;
  const void* found = find(key);
  if (found == nullptr) return result;
  const toml::array* list = as_node(found).as_array();
  if (list == nullptr) {
    complain(key, "must be a list of tables: write [[" + field(key) + "]] with two brackets");
    return result;
  }
  if (list->size() > entries_max) {
    complain(key, "must have at most " + std::to_string(entries_max) + " entries");
    return result;
  }
  result.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    const toml::node& entry = *list->get(i);
    std::string entry_path = field(key) + "[" + std::to_string(i + 1) + "]";
    if (const toml::table* inner = entry.as_table()) {
      result.emplace_back(inner, document_, std::move(entry_path), *complaints_);
    } else {
      complaints_->add(Place{document_, line_of(entry)}, std::move(entry_path), "must be a table: { key = value }");
    }
  }
  return result;
}

bool TableReader::require(const char* key) {
  if (find(key) != nullptr) return true;
  complaints_->add(place_, field(key), "is missing; it is required here");
  return false;
}

std::string TableReader::required_text(const char* key) {
  if (!require(key)) return {};
  std::optional<std::string> value = text(key);
  if (value && value->empty()) complain(key, "must not be empty");
  return value.value_or(std::string());
}

std::optional<std::string> TableReader::required_code(const char* key) {
  return require(key) ? code(key) : std::nullopt;
}

std::optional<CivilDate> TableReader::required_date(const char* key) {
  return require(key) ? date(key) : std::nullopt;
}

DateRange TableReader::range(const char* from_key, const char* to_key, bool from_required) {
  DateRange result;
  const std::optional<CivilDate> from = from_required ? required_date(from_key) : date(from_key);
  result.from = from.value_or(CivilDate());
  result.to = date(to_key);
  if (from && result.to && *result.to <= result.from) {
    complain(to_key, "must be after " + std::string(from_key) + " (" + to_iso(result.from) +
                         "); it is the first day on which the range no longer holds");
  }
  return result;
}

void TableReader::finish() {
  for (const auto& [key, value] : as_table(table_)) {
    if (complaints_->full()) return;
    const std::string_view name = key.str();
    const auto same = [name](const char* known) { return name == known; };
    if (std::any_of(known_.begin(), known_.end(), same)) continue;
    std::vector<std::string_view> known(known_.begin(), known_.end());
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    const Place place{document_, static_cast<std::uint32_t>(key.source().begin.line)};
    complaints_->add(place, field(quoted(name)), "unknown key; " + advice_for(name, std::move(known)));
  }
}

struct TomlDocument::Parsed {
  toml::table table;
};

TomlDocument::TomlDocument(std::unique_ptr<Parsed> parsed, std::uint32_t document, Complaints& complaints)
    : parsed_(std::move(parsed)), root_(&parsed_->table, document, "", complaints) {}

TomlDocument::~TomlDocument() = default;

std::unique_ptr<TomlDocument> TomlDocument::parse(std::string_view text, std::uint32_t document,
                                                  Complaints& complaints) {
  try {
    auto parsed = std::make_unique<Parsed>(Parsed{toml::parse(text)});
    return std::unique_ptr<TomlDocument>(new TomlDocument(std::move(parsed), document, complaints));
  } catch (const toml::parse_error& error) {
    complaints.add(Place{document, static_cast<std::uint32_t>(error.source().begin.line)}, "",
                   "is not TOML: " + one_line(error.description(), kTomlMessageBytesMax));
  } catch (const std::exception&) {
    complaints.add(Place{document, 0}, "", "could not be read as TOML");
  }
  return nullptr;
}

}  // namespace ishi
