#include "api/filter/text_list.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "api/filter/hex_token.h"

namespace ishi::api {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Rows are counted from the piece's own first line until all pieces are put together.
struct Piece {
  std::vector<RowPlace> places;
  std::vector<Token> tokens, exact;
  std::vector<TokenForms> forms;  // of `exact`
  std::vector<std::uint32_t> token_rows, exact_rows;
};

// Where the first line at or after `wish` begins.
std::size_t line_start(std::string_view body, std::size_t wish) {
  if (wish == 0 || wish >= body.size()) return std::min(wish, body.size());
  const std::size_t end = body.find('\n', wish - 1);
  return end == std::string_view::npos ? body.size() : end + 1;
}

void read_line(std::string_view body, std::size_t at, std::size_t end, const Tokenizer& tokenizer, Piece& piece) {
  const auto row = static_cast<std::uint32_t>(piece.places.size());
  piece.places.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at), 0});
  std::string_view line = body.substr(at, end - at);
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (at == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (Token token; line.size() == kHexTokenBytes && parse_hex_token(line.data(), token)) {
    piece.tokens.push_back(token);
    piece.token_rows.push_back(row);
  } else if (const auto id = parse_insurance_line(line); id && id->check_digit_ok) {
    piece.forms.push_back(tokenizer.forms(*id));
    piece.exact.push_back(piece.forms.back().exact);
    piece.exact_rows.push_back(row);
  }
}

void read_piece(std::string_view body, std::size_t at, std::size_t end, const Tokenizer& tokenizer, Piece& piece) {
  const bool tokens_likely = end - at > kHexTokenBytes && body[at + kHexTokenBytes] == '\n';
  if (const std::size_t rows = (end - at) / (kHexTokenBytes + 1) + 1; tokens_likely) {
    piece.places.reserve(rows);
    piece.tokens.reserve(rows);
    piece.token_rows.reserve(rows);
  }
  while (at < end) {
    // Nearly every line of such a file: 32 hex digits cannot hold a line end, so none needs to be looked for.
    if (Token token;
        end - at > kHexTokenBytes && body[at + kHexTokenBytes] == '\n' && parse_hex_token(body.data() + at, token)) {
      piece.token_rows.push_back(static_cast<std::uint32_t>(piece.places.size()));
      piece.places.push_back({static_cast<std::uint32_t>(at), kHexTokenBytes + 1, 0});
      piece.tokens.push_back(token);
      at += kHexTokenBytes + 1;
      continue;
    }
    const std::size_t line_end = std::min(body.find('\n', at), end - 1) + 1;
    read_line(body, at, line_end, tokenizer, piece);
    at = line_end;
  }
}

template <typename T>
void place(const std::vector<T>& from, std::size_t at, std::vector<T>& to) {
  if (!from.empty()) std::memcpy(to.data() + at, from.data(), from.size() * sizeof(T));
}

struct Offsets {
  std::size_t rows = 0, tokens = 0, exact = 0;
};

void put_together(const std::vector<Piece>& pieces, const ParallelFor& share, PeopleList& list) {
  std::vector<Offsets> offsets(pieces.size() + 1);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    offsets[i + 1] = {offsets[i].rows + pieces[i].places.size(), offsets[i].tokens + pieces[i].tokens.size(),
                      offsets[i].exact + pieces[i].exact.size()};
  PeopleGroup tokens, exact;
  list.row_count = offsets.back().rows;
  list.places.resize(list.row_count);
  tokens.tokens.resize(offsets.back().tokens);
  tokens.rows.resize(offsets.back().tokens);
  exact.tokens.resize(offsets.back().exact);
  exact.forms.resize(offsets.back().exact);
  exact.rows.resize(offsets.back().exact);
  share(pieces.size(), [&](std::size_t i) {
    const Piece& piece = pieces[i];
    const Offsets& at = offsets[i];
    place(piece.tokens, at.tokens, tokens.tokens);
    place(piece.exact, at.exact, exact.tokens);
    std::copy(piece.forms.begin(), piece.forms.end(), exact.forms.begin() + static_cast<std::ptrdiff_t>(at.exact));
    const auto row_of = [&](std::uint32_t row) { return static_cast<std::uint32_t>(at.rows + row); };
    std::transform(piece.token_rows.begin(), piece.token_rows.end(),
                   tokens.rows.begin() + static_cast<std::ptrdiff_t>(at.tokens), row_of);
    std::transform(piece.exact_rows.begin(), piece.exact_rows.end(),
                   exact.rows.begin() + static_cast<std::ptrdiff_t>(at.exact), row_of);
    for (std::size_t k = 0; k < piece.places.size(); ++k) {
      list.places[at.rows + k] = piece.places[k];
      list.places[at.rows + k].line = static_cast<std::uint32_t>(at.rows + k + 1);
    }
  });
  for (PeopleGroup* group : {&tokens, &exact}) {
    if (group->rows.empty()) continue;
    group->first_line = group->rows.front() + 1;
    list.groups.push_back(std::move(*group));
  }
  if (list.groups.size() == 2 && list.groups[1].first_line < list.groups[0].first_line)
    std::swap(list.groups[0], list.groups[1]);
}

}  // namespace

PeopleList read_text(std::string_view body, const Tokenizer& tokenizer, const ParallelFor& share,
                     std::size_t piece_bytes) {
  PeopleList list;
  list.form = BodyForm::kText;
  list.body = body;
  std::vector<Piece> pieces(body.size() / piece_bytes + 1);
  share(pieces.size(), [&](std::size_t i) {
    const std::size_t begin = line_start(body, i * piece_bytes), end = line_start(body, (i + 1) * piece_bytes);
    if (begin < end) read_piece(body, begin, end, tokenizer, pieces[i]);
  });
  put_together(pieces, share, list);
  return list;
}

}  // namespace ishi::api
