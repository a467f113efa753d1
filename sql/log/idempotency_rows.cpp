#include "sql/log/idempotency_rows.h"

#include <algorithm>

namespace ishi::sql {
namespace {

const CopyTarget kIdempotencyTable{
    "ishi.idempotency", {"caller", "key", "body_digest", "first_index", "position", "registered_at", "answer"}};

auto malformed() {
  return fail(ErrorKind::kCorrupt, "intake_row_malformed", "a stored idempotency key is malformed");
}

Result<std::map<std::string, IntakeSource>> books_of(Result<Rows> sources, Result<Rows> gaps) {
  if (!sources) return fail(sources.error());
  if (!gaps) return fail(gaps.error());
  std::map<std::string, IntakeSource> books;
  for (std::size_t i = 0; i < sources->size(); ++i) {
    IntakeSource source{
        std::string(sources->text(i, 0)), sources->count(i, 1), sources->count(i, 2), sources->count(i, 3), {},
        Timestamp(sources->number(i, 4))};
    books.emplace(source.source, std::move(source));
  }
  for (std::size_t i = 0; i < gaps->size(); ++i) {
    books[std::string(gaps->text(i, 0))].gaps.push_back({gaps->count(i, 1), gaps->count(i, 2)});
  }
  return books;
}

}  // namespace

Result<std::map<std::pair<std::string, std::string>, KnownAnswer>> read_known_answers(Session& session,
                                                                                      const AppendGroup& group) {
  std::map<std::pair<std::string, std::string>, KnownAnswer> known;
  std::vector<ByteView> callers;
  std::vector<std::string> keys;
  for (const auto& waiting : group) {
    if (!waiting->request.key) continue;
    callers.push_back(as_bytes(waiting->request.key->caller));
    keys.push_back(waiting->request.key->key);
  }
  if (keys.empty()) return known;
  auto rows = session.run(kFindKeys, Parameters().byte_strings(callers).texts(keys));
  if (!rows) return fail(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    KnownAnswer answer;
    if (!rows->bytes_exactly(i, 2, answer.body_digest)) return malformed();
    answer.appended = {EventIndex(rows->count(i, 3)),           Position(rows->count(i, 4)),
                       Timestamp(rows->number(i, 5)),           true,
                       std::string(as_text(rows->bytes(i, 6))), std::nullopt};
    known.emplace(std::pair(std::string(as_text(rows->bytes(i, 0))), std::string(rows->text(i, 1))), std::move(answer));
  }
  return known;
}

Result<void> save_answers(Session& session, const std::vector<KeptAnswer>& answers) {
  if (answers.empty()) return {};
  return session.copy(kIdempotencyTable, answers.size(), [&](std::size_t i, CopyRow& row) {
    const Appended& appended = *answers[i].appended;
    row.bytes(as_bytes(answers[i].key->caller));
    row.text(answers[i].key->key);
    row.bytes(answers[i].key->body_digest);
    row.number(appended.first.value());
    row.number(appended.position.events());
    row.number(appended.registered_at.microseconds());
    row.bytes(as_bytes(appended.answer));
  });
}

Result<std::map<std::string, IntakeSource>> read_books(Session& session, const AppendGroup& group) {
  std::vector<std::string> names;
  for (const auto& waiting : group) {
    if (waiting->request.sequence) names.push_back(waiting->request.sequence->source);
  }
  if (names.empty()) return std::map<std::string, IntakeSource>();
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  auto sources = session.run(kFindSources, Parameters().texts(names));
  if (!sources) return fail(sources.error());
  return books_of(std::move(sources), session.run(kFindGaps, Parameters().texts(names)));
}

Result<void> save_books(Session& session, const IntakeSource& books) {
  auto saved = session.run(kSaveSource, Parameters()
                                            .text(books.source)
                                            .number(books.highest_sequence)
                                            .number(books.batches)
                                            .number(books.events)
                                            .number(books.last_seen.microseconds()));
  if (!saved) return fail(saved.error());
  if (auto dropped = session.run(kDropGaps, Parameters().text(books.source)); !dropped) return fail(dropped.error());
  if (books.gaps.empty()) return {};
  std::vector<std::uint64_t> first, last;
  for (const auto& gap : books.gaps) {
    first.push_back(gap.first);
    last.push_back(gap.second);
  }
  auto gaps = session.run(kSaveGaps, Parameters().text(books.source).numbers(first).numbers(last));
  if (!gaps) return fail(gaps.error());
  return {};
}

Result<std::vector<IntakeSource>> read_all_books(Session& session) {
  if (auto begun = session.begin(Session::Isolation::kSnapshotReadOnly); !begun) return fail(begun.error());
  auto books = read_books_within(session);
  session.roll_back();
  return books;
}

Result<std::vector<IntakeSource>> read_books_within(Session& session) {
  auto sources = session.run(kAllSources);
  if (!sources) return fail(sources.error());
  auto books = books_of(std::move(sources), session.run(kAllGaps));
  if (!books) return fail(books.error());
  std::vector<IntakeSource> list;
  for (auto& [name, source] : *books) list.push_back(std::move(source));
  return list;
}

Result<std::optional<std::string>> read_answer(Session& session, const IdempotencyKey& key) {
  auto rows = session.run(kFindAnswer, Parameters().bytes(as_bytes(key.caller)).text(key.key));
  if (!rows) return fail(rows.error());
  if (rows->size() == 0) return std::nullopt;
  Digest digest{};
  if (!rows->bytes_exactly(0, 0, digest)) return malformed();
  if (digest != key.body_digest) {
    return fail(ErrorKind::kConflict, "key_reused", "this idempotency key came with another body before");
  }
  return std::string(as_text(rows->bytes(0, 1)));
}

}  // namespace ishi::sql
