#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>

#include "api/client/commands/command_line.h"
#include "api/client/commands/commands.h"
#include "api/client/evidence/receipt_files.h"
#include "api/client/files/output_file.h"
#include "api/client/runs/filter_report.h"
#include "api/client/runs/write_run.h"

namespace ishi::client {
namespace {

constexpr std::size_t kRemarksShown = 10;

struct FieldFlag {
  const char *flag, *field, *help;
  bool list = false;  // comma-separated on the command line
};
struct WriteWords {
  const char *command, *kind, *help, *example;
  std::span<const FieldFlag> fields;
  bool names_two = false, about_nobody = false;
  const char* key = "registry-ops";  // whose key the example takes
};

constexpr FieldFlag kNoticeFields[] = {
    {"--holder", "holder", "institution that told the person; left out = the state, for all"},
    {"--regime", "regime", "regime the notice is about"},
    {"--template", "template", "text that was handed out"},
    {"--method", "method", "how: N1 handed, N2 posted, N3 electronic … N7"},
    {"--date", "date", "day of the notice, YYYY-MM-DD"},
    {"--campaign", "campaign", "campaign of a composite notice"},
    {"--void", "void", "true: it never was a notice (returned mail)"},
    {"--notice", "notice", "with --void: which one, by its receipt number"},
    {"--void-reason", "void_reason", "with --void: RETURNED_MAIL, WRONG_PERSON, NOT_DELIVERED, …"},
    {"--notice-evidence", "notice_evidence", "what shows it: STAFF, POSTING_LIST, DELIVERED, OPENED, TERMINAL, VISIT"},
    {"--notice-reference", "notice_reference", "id of that list, message or terminal"},
    {"--staff", "staff", "id of who handed it over; kept only as a keyed hash"},
    {"--language", "language", "of the letter: ja, en, ja-Hira"},
};
constexpr FieldFlag kObjectionFields[] = {
    {"--regimes", "regimes", "what it covers; left out = all", true},
    {"--holders", "holders", "institutions; left out = all", true},
    {"--recipients", "recipients", "recipients; left out = all", true},
    {"--categories", "categories", "kinds of data; left out = all", true},
    {"--purposes", "purposes", "purposes; left out = all", true},
    {"--record-from", "record_from", "first day of the records meant"},
    {"--record-to", "record_to", "last day of the records meant"},
    {"--requester", "requester", "who speaks: SELF, GUARDIAN_PARENT, BEREAVED, …"},
    {"--relation", "relation", "to the person, of who speaks for them: PARENT, SPOUSE, CHILD, …"},
    {"--accepted-at", "accepted_at", "when it was received (RFC 3339); left out = now"},
    {"--past-data", "past_data", "STOP_ONLY or STOP_AND_ERASE"},
    {"--channel", "channel", "COUNTER_PAPER, MAIL, PHONE, …"},
    {"--birth-date", "birth_date", "to judge who may decide; not stored"},
    {"--death-date", "death_date", "when the bereaved object"},
    {"--requester-name", "requester_name", "of the bereaved, as seen at the desk; kept only as a keyed hash"},
    {"--requester-birth-date", "requester_birth_date", "of the bereaved; beside the name"},
    {"--accepted-by", "accepted_by", "institution or desk that took it in; left out = your own"},
    {"--staff", "staff", "id of who took it in; kept only as a keyed hash"},
    {"--assurance", "assurance", "SELF_DECLARED or SEEN; left out = SEEN if anything was seen"},
    {"--evidence-types", "evidence_types", "documents seen: IDENTITY, FAMILY_REGISTER, … ; no copy is kept", true},
    {"--seen-by", "seen_by", "id of who saw them, if not --staff; kept only as a keyed hash"},
    {"--seen-on", "seen_on", "day on which they were seen; left out = the day of acceptance"},
    {"--electronic-receipt-agreed-at", "electronic_receipt_agreed_at", "when an electronic receipt was agreed to"},
};
constexpr FieldFlag kWithdrawalFields[] = {
    {"--objection", "objection", "receipt number of the objection"},
    {"--all", "all", "true: every objection of this person"},
    {"--requester", "requester", "who speaks"},
    {"--relation", "relation", "of the bereaved"},
    {"--accepted-at", "accepted_at", "when it was received; left out = now"},
    {"--birth-date", "birth_date", "to judge who may decide; not stored"},
    {"--channel", "channel", "how it came"},
    {"--evidence", "evidence", "proof seen of who asks: IDENTITY, AUTHORITY, CONSENSUS of the family"},
    {"--requester-name", "requester_name", "of the bereaved, as when they objected"},
    {"--requester-birth-date", "requester_birth_date", "of the bereaved; beside the name"},
    {"--accepted-by", "accepted_by", "institution or desk that took it in; left out = your own"},
    {"--staff", "staff", "id of who took it in; kept only as a keyed hash"},
    {"--assurance", "assurance", "SELF_DECLARED or SEEN; left out = SEEN if anything was seen"},
    {"--evidence-types", "evidence_types", "documents seen: IDENTITY, FAMILY_REGISTER, … ; no copy is kept", true},
    {"--seen-by", "seen_by", "id of who saw them, if not --staff; kept only as a keyed hash"},
    {"--seen-on", "seen_on", "day on which they were seen; left out = the day of acceptance"},
    {"--electronic-receipt-agreed-at", "electronic_receipt_agreed_at", "when an electronic receipt was agreed to"},
};
constexpr FieldFlag kConsentFields[] = {
    {"--regimes", "regimes", "what it covers; left out = all", true},
    {"--holders", "holders", "institutions; left out = all", true},
    {"--recipients", "recipients", "recipients; left out = all", true},
    {"--categories", "categories", "kinds of data; left out = all", true},
    {"--purposes", "purposes", "purposes; left out = all", true},
    {"--record-from", "record_from", "first day of the records meant"},
    {"--record-to", "record_to", "last day of the records meant"},
    {"--requester", "requester", "who speaks"},
    {"--relation", "relation", "of the bereaved"},
    {"--accepted-at", "accepted_at", "when it was received; left out = now"},
    {"--expires-on", "expires_on", "last day on which it holds"},
    {"--channel", "channel", "how it came"},
    {"--birth-date", "birth_date", "to judge who may decide; not stored"},
    {"--withdraw", "withdraw", "receipt number of a consent to take back"},
    {"--accepted-by", "accepted_by", "institution or desk that took it in; left out = your own"},
    {"--staff", "staff", "id of who took it in; kept only as a keyed hash"},
    {"--assurance", "assurance", "SELF_DECLARED or SEEN; left out = SEEN if anything was seen"},
    {"--evidence-types", "evidence_types", "documents seen: IDENTITY, FAMILY_REGISTER, … ; no copy is kept", true},
    {"--seen-by", "seen_by", "id of who saw them, if not --staff; kept only as a keyed hash"},
    {"--seen-on", "seen_on", "day on which they were seen; left out = the day of acceptance"},
    {"--electronic-receipt-agreed-at", "electronic_receipt_agreed_at", "when an electronic receipt was agreed to"},
};
constexpr FieldFlag kLinkFields[] = {
    {"--link-source", "source", "who knows: S1 history inquiry, S2 portal, S3 hospital, S4 insurer"},
    {"--valid-from", "valid_from", "day on which the other replaced the first"},
};
constexpr FieldFlag kSplitFields[] = {
    {"--link", "link", "receipt number of the link to undo"},
    {"--evidence", "evidence", "of a link that others recorded: proof seen of who asks, IDENTITY or AUTHORITY"},
};
constexpr FieldFlag kDeathFields[] = {
    {"--date", "date", "day of death, YYYY-MM-DD; with --retract, which of several"},
    {"--retract", "retract", "true: recorded on the wrong person"},
};
constexpr FieldFlag kVisitFields[] = {
    {"--holder", "holder", "institution visited"},
    {"--date", "date", "day of the visit, YYYY-MM-DD"},
};
constexpr FieldFlag kPermitFields[] = {
    {"--permit-id", "permit_id", "its number, as ishi filter will name it"},
    {"--regime", "regime", "regime under which it was given; of several, one row for each"},
    {"--recipient", "recipient", "to whom it was given; left out = whoever asks"},
    {"--approved-at", "approved_at", "when (RFC 3339 or YYYY-MM-DD); left out = now, earlier takes two signatures"},
    {"--purposes", "purposes", "what it is for", true},
    {"--exception", "exception", "statutory exception that it states"},
    {"--ground", "ground", "why; needed with --exception"},
};

constexpr FieldFlag kReceiptFields[] = {
    {"--objection", "objection", "receipt number of the objection"},
    {"--form", "form", "PAPER or ELECTRONIC; left out = PAPER"},
    {"--consent-at", "consent_at",
     "when the person agreed to the electronic form; left out = as said with the objection"},
    {"--issued-at", "issued_at", "when it was given (RFC 3339 or YYYY-MM-DD); left out = now"},
    {"--issuer", "issuer", "institution or desk that gave it; left out = your own"},
    {"--staff", "staff", "id of who gave it; kept only as a keyed hash"},
    {"--document-digest", "document_digest", "SHA-256 of the document's file, 64 hex digits"},
    {"--reissue", "reissue", "true: a further copy of one that was given"},
    {"--evidence", "evidence", "of a further copy elsewhere: proof seen of who asks, IDENTITY or AUTHORITY"},
};

// The examples run as they stand after ops/demo --detach; a file that was sent before changes nothing.
constexpr WriteWords kWrites[] = {
    {"notice", "notices", "record that people were told", "--file .ishi/city/notices.csv", kNoticeFields},
    {"objection", "objections", "record that a person says no",
     "--id 01130012:21700023:1:00 --regimes NGMIA_ANON --receipt objection.tlog-proof", kObjectionFields},
    {"withdrawal", "withdrawals", "take an objection back",
     "--id 01130012:21700023:1:00 --all true --birth-date 1970-01-01\n(after the example of ishi objection; "
     "--objection NUMBER takes back one)",
     kWithdrawalFields},
    {"consent", "consents", "record that a person says yes",
     "--id 01130012:21700023:1:00 --regimes APPI_CONSENT --birth-date 1970-01-01 --expires-on 2031-03-31",
     kConsentFields},
    {"link", "links", "two numbers, one person",
     "--id 01130012:21700023:1:00 --other-id 39131016::01234566: --link-source S4", kLinkFields, true},
    {"split", "splits", "undo a wrong link", "--file .ishi/city/splits.csv", kSplitFields, true},
    {"death", "deaths", "record a death", "--id 01130012:21700023:2:00 --date 2026-04-01", kDeathFields},
    {"visit", "visits", "a visit: starts the notice of a running campaign", "--file .ishi/city/visits.csv",
     kVisitFields},
    {"permit", "permits", "register a data permit; ishi filter --permit-id asks as of then",
     "--permit-id P-2029-17 --regime EHDS_71 --purposes PURPOSE_1\n"
     "(accepted from 2029-03-26 on, when that law applies)",
     kPermitFields, false, true, "reviewer"},
    {"document", "receipts", "record that the document of Art. 53 was given to a person who objected",
     "--id 01130012:21700023:1:00 --objection 92836 --document-digest $(sha256sum document.pdf | cut -d' ' -f1)\n"
     "(the number that ishi objection printed)",
     kReceiptFields},
};

struct WriteFlags {
  ServerFlags server;
  PersonFlags person, other;
  std::map<std::string, std::string> values;  // by field
  std::string file, receipt;
  WriteOptions options;
};

std::string single_object(const WriteWords& words, const WriteFlags& flags) {
  nlohmann::ordered_json object;
  const auto add_person = [&](const PersonFlags& person, const std::string& prefix) {
    for (const auto& [name, value] : {std::pair<const char*, const std::string&>("token", person.token),
                                      {"id", person.id},
                                      {"insurer", person.insurer},
                                      {"symbol", person.symbol},
                                      {"number", person.number},
                                      {"branch", person.branch}}) {
      if (!value.empty()) object[prefix + name] = value;
    }
  };
  add_person(flags.person, "");
  add_person(flags.other, "other_");
  for (const FieldFlag& field : words.fields) {
    const auto found = flags.values.find(field.field);
    if (found == flags.values.end() || found->second.empty()) continue;
    if (!field.list) {
      object[field.field] = found->second;
      continue;
    }
    auto& list = object[field.field] = nlohmann::ordered_json::array();
    std::string codes = found->second;
    std::replace(codes.begin(), codes.end(), ';', ',');
    for (std::string& code : CLI::detail::split(codes, ',')) list.push_back(CLI::detail::trim(code));
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void print_line(const WriteLine& line, bool japanese, bool single) {
  std::string text = "  ";
  if (!single) text += japanese ? std::to_string(line.line) + " 行: " : "line " + std::to_string(line.line) + ": ";
  text += line.code;
  if (!line.field.empty()) text += " (" + line.field + ")";
  if (!line.detail.empty()) text += " " + line.detail;
  for (const std::string& flag : line.flags) text += (text.ends_with(' ') ? "" : " ") + flag;
  std::printf("%s\n", text.c_str());
}

// Accepted, and worth a look: a wrong check digit, a card that names the whole household.
void print_remarks(const WriteReport& report, bool japanese, bool single) {
  const auto count = static_cast<unsigned long long>(report.remarked);
  if (!single)
    std::printf(japanese ? "受理したうち確認を要するもの %llu 件\n" : "accepted with a remark %llu\n", count);
  for (std::size_t i = 0; i < report.remarked_lines.size() && i < kRemarksShown; ++i)
    print_line(report.remarked_lines[i], japanese, single);
  if (report.remarked > kRemarksShown) std::printf("  …\n");
}

int print_report(const WriteReport& report, bool single) {
  const bool japanese = japanese_wanted();
  std::printf(
      japanese ? "受理 %llu 件、却下 %llu 件、位置 (Position) %s\n" : "accepted %llu, rejected %llu, position %s\n",
      static_cast<unsigned long long>(report.accepted), static_cast<unsigned long long>(report.rejected),
      report.position.c_str());
  if (!report.single_receipt.empty()) {
    std::printf(japanese ? "受付番号 %s\n" : "receipt %s\n", report.single_receipt.c_str());
  }
  for (const WriteLine& line : report.rejected_lines) print_line(line, japanese, single);
  if (report.rejected > report.rejected_lines.size()) std::printf("  …\n");
  if (report.remarked > 0) print_remarks(report, japanese, single);
  return report.rejected > 0 ? kDoneWithProblems : kDone;
}

// With --file, every fact stands in the file: what is said beside it would be ignored.
Result<void> check_flags(const WriteWords& words, const WriteFlags& flags) {
  if (flags.file.empty()) {
    if (words.about_nobody || !flags.person.empty()) return {};
    return fail(ErrorKind::kInvalidArgument, "usage", "name one person (--token, --id or --insurer …), or --file");
  }
  std::string ignored;
  for (const FieldFlag& field : words.fields) {
    const auto value = flags.values.find(field.field);
    if (value != flags.values.end() && !value->second.empty()) ignored += std::string(" ") + field.flag;
  }
  if (!flags.person.empty() || !flags.person.branch.empty()) ignored += " and the person";
  if (!flags.other.empty() || !flags.other.branch.empty()) ignored += " and the other person";
  if (ignored.empty()) return {};
  return fail(ErrorKind::kInvalidArgument, "usage",
              "with --file every line says it all; leave out what you named beside it:" + ignored);
}

int run_write(const WriteWords& words, WriteFlags& flags) {
  flags.options.kind = words.kind;
  if (const auto fit = check_flags(words, flags); !fit) return complain(fit.error());
  const NamedFile inputs[] = {{"--file", flags.file}};
  const NamedFile outputs[] = {{"--receipt", flags.receipt}};
  if (const auto fit = check_outputs(inputs, outputs); !fit) return complain(fit.error());
  auto client = connect(flags.server);
  if (!client) return complain(client.error());
  WriteReport report;
  const bool single = flags.file.empty();
  if (single) {
    auto written = write_single(single_object(words, flags), flags.options, **client, usual_patience());
    if (!written) return complain(written.error());
    report = *std::move(written);
  } else if (const auto written = write_file(flags.file, flags.options, **client, usual_patience(), report); !written) {
    if (report.batches > 0) print_report(report, false);
    return complain(written.error());
  }
  const int status = print_report(report, single);
  if (flags.receipt.empty() || report.receipts.empty()) return status;
  const auto saved = save_receipts(**client, usual_patience(), report.receipts, flags.receipt);
  if (saved) return status;
  complain(saved.error());
  return kDoneWithProblems;
}

void add_write(CLI::App& app, int& status, const WriteWords& words) {
  auto flags = std::make_shared<WriteFlags>();
  CLI::App* const command = app.add_subcommand(words.command, words.help);
  command->footer(std::string("Example:\n  ishi ") + words.command +
                  " --server http://127.0.0.1:18080 --key-file .ishi/" + words.key + ".key \\\n       " +
                  words.example +
                  "\nA file is NDJSON or CSV with the same field names. Exit status: 4 if any line was rejected.");
  add_server_flags(*command, flags->server);
  if (!words.about_nobody) add_person_flags(*command, flags->person);
  if (words.names_two) add_person_flags(*command, flags->other, "other");
  for (const FieldFlag& field : words.fields) {
    command->add_option(field.flag, flags->values[field.field],
                        std::string(field.help) + (field.list ? " (comma-separated)" : ""));
  }
  add_file_option(*command, "--file", flags->file, "NDJSON or CSV, UTF-8, any length; it says everything itself");
  add_file_option(*command, "--receipt", flags->receipt,
                  "write the receipt, or those of all accepted lines (waits a second)");
  command->add_option("--source", flags->options.source, "name of the feed this file belongs to");
  command->add_option("--source-seq", flags->options.source_sequence, "number of its first batch of 50,000 lines");
  command->add_option("--idempotency-key", flags->options.key, "key under which a repeat is recognised");
  command->add_flag("--atomic", flags->options.atomic, "all lines of a batch or none");
  command->callback([flags, &status, &words] { status = run_write(words, *flags); });
}

}  // namespace

void add_writes(CLI::App& app, int& status) {
  for (const WriteWords& words : kWrites) add_write(app, status, words);
}

}  // namespace ishi::client
