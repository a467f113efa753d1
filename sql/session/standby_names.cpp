#include "sql/session/standby_names.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace ishi::sql {
namespace {

// A word, a number, or one of ( ) , — a quoted word is marked, because then it is nothing but a name.
struct Piece {
  std::string text;
  bool quoted = false;
};

std::optional<std::vector<Piece>> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (c == '(' || c == ')' || c == ',') {
      pieces.push_back({std::string(1, c)});
      ++at;
    } else if (c == '"') {
      Piece piece{"", true};
      for (++at; at < text.size(); ++at) {
        if (text[at] == '"' && at + 1 < text.size() && text[at + 1] == '"')
          ++at;
        else if (text[at] == '"')
          break;
        piece.text += text[at];
      }
      if (at == text.size()) return std::nullopt;
      ++at;
      pieces.push_back(std::move(piece));
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\r\n(),\"", at), text.size());
      pieces.push_back({std::string(text.substr(at, end - at))});
      at = end;
    }
  }
  return pieces;
}

bool is(const Piece& piece, std::string_view word) {
  return !piece.quoted && small_letters(piece.text) == word;
}

std::optional<std::size_t> number_of(const Piece& piece) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(piece.text.data(), piece.text.data() + piece.text.size(), number);
  if (piece.quoted || error != std::errc() || end != piece.text.data() + piece.text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string small_letters(std::string_view name) {
  std::string small(name);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

std::vector<std::string> standbys_always_waited_for(std::string_view synchronous_standby_names) {
  const auto pieces = pieces_of(synchronous_standby_names);
  if (!pieces || pieces->empty()) return {};
  std::size_t at = 0, waited_for = 1;
  const auto& all = *pieces;
  if (all.size() > 1 && (is(all[0], "first") || is(all[0], "any")) && number_of(all[1])) at = 1;
  bool bracketed = false;
  if (at + 1 < all.size() && number_of(all[at]) && is(all[at + 1], "(")) {
    waited_for = *number_of(all[at]);
    at += 2;
    bracketed = true;
  }
  std::vector<std::string> names;
  const std::size_t end = bracketed ? all.size() - 1 : all.size();
  if (bracketed && !is(all.back(), ")")) return {};
  if ((end - at) % 2 == 0) return {};  // names with commas between them
  for (bool name_next = true; at < end; ++at, name_next = !name_next) {
    if (name_next == is(all[at], ",") || is(all[at], "*") || is(all[at], "(") || is(all[at], ")")) return {};
    if (name_next) names.push_back(small_letters(all[at].text));
  }
  return names.size() == waited_for ? names : std::vector<std::string>();
}

}  // namespace ishi::sql
